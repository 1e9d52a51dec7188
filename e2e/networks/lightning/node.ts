import { createServer } from "node:net";
import * as ldk from "lightningdevkit";
import { NodeLDKNet } from "lightningdevkit-node-net";
import { assemble, blockHeader, fundingTransaction, loadLdk, type Network } from "./ldk-parts";

export type Drawn = Readonly<{ bolt11: string; paymentHash: string; expiresAt: number; preimage: string }>;
export type Incoming = {
  readonly bolt11: string;
  readonly paymentHash: string;
  readonly preimage: string;
  readonly msat: bigint | null;
  readonly description: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  state: "open" | "accepted" | "settled";
  receivedMsat: bigint;
  settledAt?: number;
};
export type Outgoing = {
  readonly bolt11: string;
  readonly paymentHash: string;
  readonly msat: bigint;
  readonly startedAt: number;
  state: "pending" | "succeeded" | "failed";
  preimage?: string;
  feeMsat: bigint;
  reason?: string;
};
export type Payment = Readonly<{ direction: "in" | "out"; paymentHash: string; msat: bigint }>;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const some = (units: bigint | undefined) =>
  units === undefined ? ldk.Option_u64Z.constructor_none() : ldk.Option_u64Z.constructor_some(units);

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("The machine gave no port.");
  return address.port;
}

/** The node calls these from outside JavaScript, which keeps nothing alive by itself. */
const held = new Set<unknown>();

/** A real Lightning node on a chain that nobody mines. */
export class LightningNode {
  readonly id: string;
  readonly incoming = new Map<string, Incoming>();
  readonly outgoing = new Map<string, Outgoing>();
  /** While true, money that arrives is held: accepted by the node, but not settled. */
  isHolding = false;
  readonly #parts: ReturnType<typeof assemble>;
  readonly #net: NodeLDKNet;
  readonly #waiting = new Map<string, ((outgoing: Outgoing) => void)[]>();
  #height = 0;
  #fund: ((event: ldk.Event_FundingGenerationReady) => void) | undefined;
  #isFunded = false;
  #isPumping = false;
  #isStopped = false;
  #changed: (() => void)[] = [];

  private constructor(readonly network: Network) {
    this.#parts = assemble(network);
    this.#net = new NodeLDKNet(this.#parts.peers);
    this.id = hex(this.#parts.manager.get_our_node_id());
    this.#listen();
  }

  static async start(network: Network = "regtest"): Promise<LightningNode> {
    await loadLdk();
    return new LightningNode(network);
  }

  stop(): void {
    this.#isStopped = true;
    this.#net.stop();
  }

  /** Draws an invoice. Without `msat` the payer chooses the amount. */
  invoice(ask: { msat?: bigint; description?: string; expirySeconds?: number } = {}): Drawn {
    const { msat, description = "", expirySeconds = 3_600 } = ask;
    this.#tick();
    const words = ldk.Description.constructor_new(description);
    if (!(words instanceof ldk.Result_DescriptionCreationErrorZ_OK)) throw new Error("The text is too long.");
    const drawn = this.#parts.manager.create_bolt11_invoice(
      some(msat),
      ldk.Bolt11InvoiceDescription.constructor_direct(words.res),
      ldk.Option_u32Z.constructor_some(expirySeconds),
      ldk.Option_u16Z.constructor_none(),
      ldk.Option_ThirtyTwoBytesZ.constructor_none(),
    );
    if (!(drawn instanceof ldk.Result_Bolt11InvoiceSignOrCreationErrorZ_OK)) {
      throw new Error("The node drew no invoice.");
    }
    const hash = drawn.res.payment_hash();
    const known = this.#parts.manager.get_payment_preimage(hash, drawn.res.payment_secret());
    if (!(known instanceof ldk.Result_ThirtyTwoBytesAPIErrorZ_OK)) throw new Error("No preimage is known.");
    const createdAt = Number(drawn.res.duration_since_epoch());
    const invoice = {
      bolt11: drawn.res.to_str(),
      paymentHash: hex(hash),
      preimage: hex(known.res),
      expiresAt: createdAt + expirySeconds,
    };
    const facts = { msat: msat ?? null, description, createdAt, state: "open" as const, receivedMsat: 0n };
    this.incoming.set(invoice.paymentHash, { ...invoice, ...facts });
    return invoice;
  }

  /** Pays over the channel and answers how it ended. A second payment of one invoice is the first one. */
  async pay(bolt11: string, ask: { msat?: bigint; feeLimitMsat?: bigint } = {}): Promise<Outgoing> {
    const parsed = ldk.Bolt11Invoice.constructor_from_str(bolt11);
    if (!(parsed instanceof ldk.Result_Bolt11InvoiceParseOrSemanticErrorZ_OK)) {
      throw new Error("This is no invoice.");
    }
    const invoice = parsed.res;
    const fixed = invoice.amount_milli_satoshis();
    const msat = fixed instanceof ldk.Option_u64Z_Some ? fixed.some : ask.msat;
    if (msat === undefined) throw new Error("The invoice has no amount, and none was given.");
    const paymentHash = hex(invoice.payment_hash());
    const before = this.outgoing.get(paymentHash);
    if (before && before.state !== "failed") return await this.ended(paymentHash);
    const outgoing: Outgoing = {
      bolt11,
      paymentHash,
      msat,
      startedAt: Date.now(),
      state: "pending",
      feeMsat: 0n,
    };
    this.outgoing.set(paymentHash, outgoing);
    const fault = this.#send(invoice, outgoing, { isFixed: fixed instanceof ldk.Option_u64Z_Some, ...ask });
    if (fault) {
      outgoing.state = "failed";
      outgoing.reason = fault;
    }
    return await this.ended(paymentHash);
  }

  #send(
    invoice: ldk.Bolt11Invoice,
    outgoing: Outgoing,
    { isFixed, feeLimitMsat }: { isFixed: boolean; feeLimitMsat?: bigint },
  ): string | null {
    this.#tick();
    const seconds = BigInt(Math.floor(Date.now() / 1_000));
    if (invoice.would_expire(seconds)) return "The invoice has expired.";
    const sums = isFixed
      ? ldk.UtilMethods.constructor_payment_parameters_from_invoice(invoice)
      : ldk.UtilMethods.constructor_payment_parameters_from_variable_amount_invoice(invoice, outgoing.msat);
    if (!(sums instanceof ldk.Result_C3Tuple_ThirtyTwoBytesRecipientOnionFieldsRouteParametersZNoneZ_OK)) {
      return "The invoice cannot be paid.";
    }
    const [hash, onion, route] = [sums.res.get_a(), sums.res.get_b(), sums.res.get_c()];
    if (feeLimitMsat !== undefined) route.set_max_total_routing_fee_msat(some(feeLimitMsat));
    // The payment's own name is its hash, so that the node itself refuses to pay one invoice twice.
    const retry = ldk.Retry.constructor_attempts(3);
    const sent = this.#parts.manager.send_payment(hash, onion, hash, route, retry);
    this.#parts.peers.process_events();
    this.#pump();
    return sent.is_ok() ? null : "No route was found.";
  }

  /** Waits until an outgoing payment has ended. */
  async ended(paymentHash: string): Promise<Outgoing> {
    const outgoing = this.outgoing.get(paymentHash);
    if (!outgoing) throw new Error("This payment was never made.");
    if (outgoing.state !== "pending") return outgoing;
    return await new Promise((resolve) => {
      this.#waiting.set(paymentHash, [...(this.#waiting.get(paymentHash) ?? []), resolve]);
    });
  }

  /** What is held is settled now, and what comes next at once. */
  release(): void {
    this.isHolding = false;
    for (const incoming of this.incoming.values()) if (incoming.state === "accepted") this.#claim(incoming);
    this.#parts.peers.process_events();
  }

  /** Waits until a payment has arrived, held or settled. */
  async arrived(paymentHash: string): Promise<Incoming> {
    for (;;) {
      const incoming = this.incoming.get(paymentHash);
      if (!incoming) throw new Error("This invoice was never drawn.");
      if (incoming.state !== "open") return incoming;
      await new Promise<void>((resolve) => this.#changed.push(resolve));
    }
  }

  /** The node's own list of money that has moved. */
  payments(): Payment[] {
    const came = [...this.incoming.values()].filter(({ state }) => state === "settled");
    const went = [...this.outgoing.values()].filter(({ state }) => state === "succeeded");
    return [
      ...came.map(({ paymentHash, receivedMsat: msat }) => ({ direction: "in" as const, paymentHash, msat })),
      ...went.map(({ paymentHash, msat }) => ({ direction: "out" as const, paymentHash, msat })),
    ];
  }

  balanceMsat(): bigint {
    const channels = this.#parts.manager.list_channels();
    return channels.reduce((sum, channel) => sum + channel.get_outbound_capacity_msat(), 0n);
  }

  get isConnected(): boolean {
    return this.#parts.manager.list_usable_channels().length > 0;
  }

  /** Opens a channel to a peer on the same machine, with a share of it already the peer's. */
  async openChannel(peer: LightningNode, { satoshis, pushMsat }: { satoshis: bigint; pushMsat: bigint }) {
    const port = await freePort();
    await peer.#net.bind_listener("127.0.0.1", port);
    const peerId = peer.#parts.manager.get_our_node_id();
    await this.#net.connect_peer("127.0.0.1", port, peerId);
    await until(() => this.#parts.peers.list_peers().length > 0 && peer.#parts.peers.list_peers().length > 0);
    const funding = new Promise<ldk.Event_FundingGenerationReady>((resolve) => {
      this.#fund = resolve;
    });
    const made = this.#parts.manager.create_channel(peerId, satoshis, pushMsat, 1n, null, null);
    if (!made.is_ok()) throw new Error("The channel was not accepted.");
    this.#parts.peers.process_events();
    this.#pump();
    const { temporary_channel_id, counterparty_node_id, output_script } = await funding;
    const transaction = fundingTransaction(output_script, satoshis);
    const { manager } = this.#parts;
    manager.funding_transaction_generated(temporary_channel_id, counterparty_node_id, transaction);
    this.#parts.peers.process_events();
    await until(() => this.#isFunded && peer.#isFunded);
    for (const node of [this, peer]) node.#confirm(transaction);
    await until(() => this.isConnected && peer.isConnected);
  }

  #confirm(transaction: Uint8Array): void {
    const placed = ldk.TwoTuple_usizeTransactionZ.constructor_new(1, transaction);
    for (let height = 1; height <= 6; height += 1) {
      const header = blockHeader(Date.now());
      for (const chain of this.#parts.chains) {
        if (height === 1) chain.transactions_confirmed(header, [placed], height);
        chain.best_block_updated(header, height);
      }
    }
    this.#height = 6;
    this.#parts.peers.process_events();
    this.#pump();
  }

  /** The node's clock is the time in the newest block. */
  #tick(): void {
    const header = blockHeader(Date.now());
    for (const chain of this.#parts.chains) chain.best_block_updated(header, this.#height);
  }

  #listen(): void {
    const future = this.#parts.manager.get_event_or_persistence_needed_future();
    const callback = ldk.FutureCallback.new_impl({
      call: () => {
        held.delete(callback);
        setImmediate(() => {
          if (this.#isStopped) return;
          this.#pump();
          this.#listen();
        });
      },
    });
    held.add(callback);
    future.register_callback_fn(callback);
  }

  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      for (;;) {
        const events: ldk.Event[] = [];
        const handler = ldk.EventHandler.new_impl({
          handle_event(event) {
            events.push(event);
            return ldk.Result_NoneReplayEventZ.constructor_ok();
          },
        });
        this.#parts.manager.as_EventsProvider().process_pending_events(handler);
        for (const event of events) this.#handle(event);
        this.#parts.peers.process_events();
        if (events.length === 0) break;
      }
    } finally {
      this.#isPumping = false;
    }
    for (const wake of this.#changed.splice(0)) wake();
  }

  #handle(event: ldk.Event): void {
    const { manager } = this.#parts;
    if (event instanceof ldk.Event_FundingGenerationReady) this.#fund?.(event);
    else if (event instanceof ldk.Event_ChannelPending) this.#isFunded = true;
    else if (event instanceof ldk.Event_PendingHTLCsForwardable) manager.process_pending_htlc_forwards();
    else if (event instanceof ldk.Event_PaymentClaimable) this.#receive(event);
    else if (event instanceof ldk.Event_PaymentClaimed) {
      const incoming = this.incoming.get(hex(event.payment_hash));
      if (incoming) Object.assign(incoming, { state: "settled", settledAt: Math.floor(Date.now() / 1_000) });
    } else if (event instanceof ldk.Event_PaymentSent) {
      const fee = event.fee_paid_msat;
      this.#end(hex(event.payment_hash), {
        state: "succeeded",
        preimage: hex(event.payment_preimage),
        feeMsat: fee instanceof ldk.Option_u64Z_Some ? fee.some : 0n,
      });
    } else if (event instanceof ldk.Event_PaymentFailed) {
      this.#end(hex(event.payment_id), { state: "failed", reason: "The payment could not be delivered." });
    }
  }

  #receive({ payment_hash, amount_msat }: ldk.Event_PaymentClaimable): void {
    const incoming = this.incoming.get(hex(payment_hash));
    if (incoming?.state !== "open") {
      this.#parts.manager.fail_htlc_backwards(payment_hash); // one invoice is paid once
      return;
    }
    incoming.state = "accepted";
    incoming.receivedMsat = amount_msat;
    if (!this.isHolding) this.#claim(incoming);
  }

  #claim({ preimage }: Incoming): void {
    this.#parts.manager.claim_funds(Buffer.from(preimage, "hex"));
    setImmediate(() => this.#pump());
  }

  #end(paymentHash: string, facts: Partial<Outgoing>): void {
    const outgoing = this.outgoing.get(paymentHash);
    if (!outgoing) return;
    Object.assign(outgoing, facts);
    for (const tell of this.#waiting.get(paymentHash) ?? []) tell(outgoing);
    this.#waiting.delete(paymentHash);
  }
}

/** Waits on what only another turn of the event loop brings. */
async function until(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error("The Lightning nodes did not come together.");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
