/** The commonest passwords of twelve and more characters, in lower case. Shorter ones are refused for their length. */
export const commonPasswords: ReadonlySet<string> = new Set(
  `
  123456123456 123456789012 1234567890123 12345678901234 123456789012345 1234567890123456 012345678901
  098765432109 987654321098 111111222222 112233445566 121212121212 123123123123 123321123321 123qweasdzxc
  1q2w3e4r5t6y 1q2w3e4r5t6y7u 1qaz2wsx3edc 1qazxsw23edc 1qaz2wsx3edc4rfv q1w2e3r4t5y6 qazwsxedcrfv
  qwerty123456 qwerty1234567 qwerty12345678 qwertyuiop12 qwertyuiop123 qwertyuiopas qwertyuiop[]
  asdfghjkl123 asdfghjklqwe zxcvbnm12345 zxcvbnmasdfg 123456qwerty 123456abcdef 1234567890ab abc123456789
  abcd12345678 abcdef123456 abcdefghijkl abcdefghijklm a123456789012 aa1234567890 iloveyou1234 iloveyou12345
  iloveyouforever passwordpassword password1234 password12345 password123456 password1234567 password12345678
  password123! password1234! p@ssword1234 p@ssw0rd1234 p@ssw0rd123! passw0rd1234 passw0rd123! mypassword123
  thisismypassword changeme1234 changemenow! changeme12345 changemeplease letmein12345 letmeinplease
  welcome12345 welcome123456 welcome2024! welcome2025! welcome2026! admin1234567 admin12345678 administrator
  administrator1 administrator123 adminadminadmin adminpassword rootrootroot superuser1234 trustno1trustno1
  correcthorsebatterystaple football1234 baseball1234 sunshine1234 princess1234
  dragon123456 monkey123456 michael12345 superman1234 batman123456 starwars1234 pokemon12345 secretsecret
  secret123456 supersecret123 testtesttest test12345678 testpassword testing12345 farebox12345 fareboxfarebox
  fareboxadmin farebox123456 summer2024!! summer2025!! summer2026!! winter2024!! winter2025!! winter2026!!
  `
    .split(/\s+/)
    .filter(Boolean)
    .concat("correct horse battery staple"),
);
