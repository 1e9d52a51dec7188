// Medusa 1 loads the services of a plugin from this folder.
module.exports = require("../dist/medusa-v1-processor/src");
