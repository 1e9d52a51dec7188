import { join } from "node:path";
import PDFDocument from "pdfkit";

export type ReceiptPaper = Readonly<{
  merchant: string;
  /** `#rrggbb`, or the colour of our ink. */
  colour: string | null;
  logo: Readonly<{ type: string; bytes: Uint8Array }> | null;
  amount: string;
  isTest: boolean;
  facts: readonly Readonly<{ label: string; value: string }>[];
  /** Where the same receipt stands, kept up to date. */
  address: string;
  createdAt: Date;
}>;

const fonts = join(process.cwd(), "node_modules", "geist", "dist", "fonts", "geist-sans");
const margin = 64;
const labelWidth = 120;
const ink = "#1c1b19";
const muted = "#65635f";

const logoBox: [number, number] = [150, 42];

/** PNG and JPEG can stand on paper. One that cannot be drawn after all is left out: the name is there. */
function drawLogo(document: PDFKit.PDFDocument, { type, bytes }: NonNullable<ReceiptPaper["logo"]>): void {
  if (type !== "image/png" && type !== "image/jpeg") return;
  const { y } = document;
  try {
    document.image(Buffer.from(bytes), margin, y, { fit: logoBox });
    document.y = y + logoBox[1] + 16;
  } catch {
    document.y = y;
  }
}

/** The receipt on one sheet of A4. The same receipt gives the same bytes. */
export async function drawReceipt(paper: ReceiptPaper): Promise<Uint8Array> {
  const { merchant, amount, isTest, facts, address, createdAt } = paper;
  const document = new PDFDocument({
    size: "A4",
    margin,
    font: join(fonts, "Geist-Regular.ttf"),
    lang: "en",
    displayTitle: true,
    info: { Title: `Receipt of ${merchant}`, Author: merchant, CreationDate: createdAt, ModDate: createdAt },
  });
  const pieces: Buffer[] = [];
  document.on("data", (piece: Buffer) => pieces.push(piece));
  const ended = new Promise<void>((resolve, reject) => {
    document.on("end", resolve);
    document.on("error", reject);
  });
  const valueWidth = document.page.width - 2 * margin - labelWidth;
  document.registerFont("medium", join(fonts, "Geist-Medium.ttf"));
  if (isTest) {
    document.fontSize(11).fillColor("#7e4b00").text("Test mode. This was not real money.").moveDown(1.5);
  }
  if (paper.logo) drawLogo(document, paper.logo);
  if (paper.colour) {
    const { y } = document;
    document.rect(margin, y, document.page.width - 2 * margin, 3).fill(paper.colour);
    document.y = y + 20;
  }
  document.fontSize(11).fillColor(muted).text("Receipt", margin);
  document.font("medium").fontSize(16).fillColor(ink).text(merchant).moveDown(1);
  document.fontSize(28).text(amount).moveDown(1);
  document.font(join(fonts, "Geist-Regular.ttf")).fontSize(10);
  for (const { label, value } of facts) {
    const top = document.y;
    document.fillColor(muted).text(label, margin, top, { width: labelWidth });
    document.fillColor(ink).text(value, margin + labelWidth, top, { width: valueWidth });
    document.moveDown(0.6);
  }
  document.moveDown(2).fontSize(9).fillColor(muted);
  document.text("This receipt and what became of the payment, kept up to date:", margin);
  document.fillColor("#2d48c0").text(address, { link: address });
  document.moveDown(1).fillColor(muted).text("This is a receipt of a payment. It is no tax invoice.");
  document.end();
  await ended;
  return Buffer.concat(pieces);
}
