/** The names of payment methods that VTEX knows, spelled exactly (contracts/vtex.md §3). Point-of-sale methods are not offered. */
export const vtexMethodNames: readonly string[] = [
  ...["Visa", "Mastercard", "American Express", "Discover", "JCB", "Diners", "Elo", "Hipercard", "Aura"],
  ...["Banricompras", "Credz", "Cabal", "Patagonia 365", "Cartes Bancaires (CB)", "VirtualDebitElo"],
  ...["Visa Electron", "Maestro", "Mastercard Debit", "Débito Online", "Cobranded", "Privatelabels"],
  ...["Apple Pay", "Google Pay", "Promissories", "Cash", "Pix", "Safetypay", "BankInvoice", "FichaDeposito"],
  ...["Rapipago", "OXXO", "Voucher", "Bitcoin"],
];
