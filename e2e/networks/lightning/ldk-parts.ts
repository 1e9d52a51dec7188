import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as ldk from "lightningdevkit";

let ready: Promise<void> | undefined;

/** Loads the node's code once for the whole process. */
export function loadLdk(): Promise<void> {
  const wasm = createRequire(import.meta.url).resolve("lightningdevkit/liblightningjs.wasm");
  ready ??= ldk.initializeWasmFromBinary(readFileSync(wasm));
  return ready;
}

export type Network = "mainnet" | "signet" | "regtest";

const networks = {
  mainnet: () => ldk.Network.LDKNetwork_Bitcoin,
  signet: () => ldk.Network.LDKNetwork_Signet,
  regtest: () => ldk.Network.LDKNetwork_Regtest,
};

/** 80 bytes that nobody mined. Only the time in them is read: the node knows no other clock. */
export function blockHeader(now: number): Uint8Array {
  const header = randomBytes(80);
  header.writeUInt32LE(Math.floor(now / 1_000), 68);
  return header;
}

/** A transaction that spends nothing into one output: nobody checks the coins of this chain. */
export function fundingTransaction(script: Uint8Array, satoshis: bigint): Uint8Array {
  const head = Buffer.alloc(58);
  head.writeUInt32LE(2, 0);
  head[5] = 1; // segwit
  head[6] = 1; // one input
  head.fill(0xff, 44, 48);
  head[48] = 1; // one output
  head.writeBigUInt64LE(satoshis, 49);
  head[57] = script.length;
  return Buffer.concat([head, script, Buffer.from([1, 1, 0xff, 0, 0, 0, 0])]);
}

function channelConfig(): ldk.UserConfig {
  const config = ldk.UserConfig.constructor_default();
  const handshake = ldk.ChannelHandshakeConfig.constructor_default();
  handshake.set_minimum_depth(1);
  handshake.set_max_inbound_htlc_value_in_flight_percent_of_channel(100);
  handshake.set_our_max_accepted_htlcs(483);
  handshake.set_negotiate_anchors_zero_fee_htlc_tx(false);
  config.set_channel_handshake_config(handshake);
  const channel = config.get_channel_config();
  // Micropayments are dust; the default would stall a burst of them.
  channel.set_max_dust_htlc_exposure(ldk.MaxDustHTLCExposure.constructor_fixed_limit_msat(500_000_000n));
  config.set_channel_config(channel);
  return config;
}

/** A Lightning node's organs: keys, channels, chain, peers. Nothing of it is ever written down. */
export function assemble(network: Network) {
  const logger = ldk.Logger.new_impl({ log: () => undefined });
  const fees = ldk.FeeEstimator.new_impl({ get_est_sat_per_1000_weight: () => 253 });
  const broadcaster = ldk.BroadcasterInterface.new_impl({ broadcast_transactions: () => undefined });
  const completed = ldk.ChannelMonitorUpdateStatus.LDKChannelMonitorUpdateStatus_Completed;
  const persister = ldk.Persist.new_impl({
    persist_new_channel: () => completed,
    update_persisted_channel: () => completed,
    archive_persisted_channel: () => undefined,
  });
  const filter = ldk.Option_FilterZ.constructor_none();
  const monitor = ldk.ChainMonitor.constructor_new(filter, broadcaster, logger, fees, persister);
  const now = Date.now();
  const seconds = Math.floor(now / 1_000);
  const keys = ldk.KeysManager.constructor_new(randomBytes(32), BigInt(seconds), 42);
  const chain = networks[network]();
  const graph = ldk.NetworkGraph.constructor_new(chain, logger);
  const decay = ldk.ProbabilisticScoringDecayParameters.constructor_default();
  const scorer = ldk.ProbabilisticScorer.constructor_new(decay, graph, logger);
  const score = ldk.MultiThreadedLockableScore.constructor_new(scorer.as_Score());
  const entropy = keys.as_EntropySource();
  const scoring = ldk.ProbabilisticScoringFeeParameters.constructor_default();
  const lockable = score.as_LockableScore();
  const router = ldk.DefaultRouter.constructor_new(graph, logger, entropy, lockable, scoring);
  const messageRouter = ldk.DefaultMessageRouter.constructor_new(graph, entropy);
  const best = ldk.BestBlock.constructor_from_network(chain);
  const manager = ldk.ChannelManager.constructor_new(
    fees,
    monitor.as_Watch(),
    broadcaster,
    router.as_Router(),
    messageRouter.as_MessageRouter(),
    logger,
    entropy,
    keys.as_NodeSigner(),
    keys.as_SignerProvider(),
    channelConfig(),
    ldk.ChainParameters.constructor_new(chain, best),
    seconds,
  );
  const ignorer = ldk.IgnoringMessageHandler.constructor_new();
  const peers = ldk.PeerManager.constructor_new(
    manager.as_ChannelMessageHandler(),
    ignorer.as_RoutingMessageHandler(),
    ignorer.as_OnionMessageHandler(),
    ignorer.as_CustomMessageHandler(),
    seconds,
    entropy.get_secure_random_bytes(),
    logger,
    keys.as_NodeSigner(),
  );
  // The node calls back into these from outside JavaScript, which keeps nothing alive by itself.
  const roots = {
    logger,
    fees,
    broadcaster,
    persister,
    monitor,
    keys,
    graph,
    scorer,
    score,
    lockable,
    router,
  };
  const more = { messageRouter, entropy, ignorer, filter, decay, scoring, best };
  return {
    manager,
    peers,
    chains: [manager.as_Confirm(), monitor.as_Confirm()],
    roots: { ...roots, ...more },
  };
}
