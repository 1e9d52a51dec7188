/*
 * TEST DOUBLE of Stripe.js, not Stripe.js: what a page calls of it, and how it behaves. The fields stand in a frame of
 * another origin, which alone knows what is typed and alone sends it to the network's double.
 */
(() => {
  const frames = "https://js.stripe.com/endive";
  const api = "https://api.stripe.com/v1";

  const statusOf = async (key, clientSecret) => {
    const id = clientSecret.split("_secret_")[0];
    const query = new URLSearchParams({ key, client_secret: clientSecret });
    try {
      const answer = await fetch(`${api}/payment_intents/${id}?${query}`);
      const body = await answer.json();
      return answer.ok ? { paymentIntent: body } : { error: body.error };
    } catch {
      return { error: { type: "api_connection_error", message: "The network was not reached." } };
    }
  };

  /** A frame of another origin, and the one line to it. */
  function openFrame({ src, title, place, facts, onMessage }) {
    const frame = document.createElement("iframe");
    frame.title = title;
    frame.src = src;
    frame.style.border = "0";
    frame.style.width = "100%";
    frame.style.height = "0px";
    frame.style.colorScheme = "light only"; // else the browser paints it white in a dark page
    const waiting = new Map();
    let port = null;
    let count = 0;
    frame.addEventListener("load", () => {
      const channel = new MessageChannel();
      port = channel.port1;
      port.onmessage = ({ data }) => {
        waiting.get(data.answers)?.(data.body);
        waiting.delete(data.answers);
        if (data.height) frame.style.height = `${data.height}px`;
        onMessage(data);
      };
      frame.contentWindow.postMessage(facts, new URL(src).origin, [channel.port2]);
    });
    place.append(frame);
    return {
      ask: (verb, body) =>
        new Promise((resolve) => {
          count += 1;
          waiting.set(count, resolve);
          port?.postMessage({ verb, id: count, body });
        }),
      tell: (verb, body) => port?.postMessage({ verb, body }),
      close: () => frame.remove(),
    };
  }

  /** The bank asks its customer, in a window over the page. */
  const challenge = (key, clientSecret) =>
    new Promise((resolve) => {
      const veil = document.createElement("div");
      Object.assign(veil.style, {
        ...{ position: "fixed", inset: "0", zIndex: "2147483647", display: "grid", placeItems: "center" },
        background: "rgb(0 0 0 / 0.6)",
      });
      const window_ = document.createElement("div");
      Object.assign(window_.style, { width: "min(24rem, 100%)", background: "#ffffff" });
      veil.append(window_);
      document.body.append(veil);
      openFrame({
        ...{ src: "https://hooks.stripe.com/3d_secure_2/challenge", title: "3D Secure", place: window_ },
        facts: { key, clientSecret },
        onMessage({ done }) {
          if (!done) return;
          veil.remove();
          resolve();
        },
      });
    });

  async function act(key, clientSecret, intent) {
    const { next_action: next } = intent;
    if (intent.status !== "requires_action" || !next) return { paymentIntent: intent };
    if (next.type === "redirect_to_url") {
      window.location.assign(next.redirect_to_url.url);
      return await new Promise(() => undefined); // the page is left
    }
    await challenge(key, clientSecret);
    const now = await statusOf(key, clientSecret);
    const refusal = now.paymentIntent?.last_payment_error;
    return now.paymentIntent?.status === "requires_payment_method" && refusal ? { error: refusal } : now;
  }

  function createElements(key, account, options) {
    let payment = null;
    const { clientSecret } = options;
    let { appearance } = options;
    const create = () => {
      const heard = new Map();
      const emit = (event, body) => {
        for (const hear of heard.get(event) ?? []) hear(body);
      };
      let frame = null;
      payment = {
        on(event, hear) {
          heard.set(event, [...(heard.get(event) ?? []), hear]);
          return payment;
        },
        once: (event, hear) => payment.on(event, hear),
        off() {
          return payment;
        },
        mount(place) {
          frame = openFrame({
            ...{ src: `${frames}/fields`, title: "Secure payment input frame", place },
            facts: { key, account, clientSecret, appearance },
            onMessage({ event, body }) {
              if (event) emit(event, body);
            },
          });
        },
        ask: (verb, body) => frame.ask(verb, body),
        look: () => frame?.tell("look", appearance),
        update: () => undefined,
        unmount: () => frame?.close(),
        destroy: () => frame?.close(),
        ...{
          focus: () => undefined,
          blur: () => undefined,
          clear: () => undefined,
          collapse: () => undefined,
        },
      };
      return payment;
    };
    return {
      create,
      getElement: () => payment,
      fetchUpdates: async () => ({}),
      submit: () => payment.ask("submit"),
      update(changed) {
        appearance = changed.appearance ?? appearance;
        payment?.look();
      },
      confirm: (returnUrl) => payment.ask("confirm", { returnUrl }),
      clientSecret,
    };
  }

  function Stripe(key, { stripeAccount } = {}) {
    if (!/^pk_test_/.test(key)) throw new Error("The double takes test keys only.");
    const nothing = async () => ({ error: { type: "invalid_request_error", message: "Not in the double." } });
    return {
      elements: (options) => createElements(key, stripeAccount, options),
      retrievePaymentIntent: (clientSecret) => statusOf(key, clientSecret),
      async confirmPayment({ elements, confirmParams, redirect }) {
        const said = await elements.confirm(confirmParams.return_url);
        if (said.error) return said;
        const ended = await act(key, elements.clientSecret, said.paymentIntent);
        if (redirect !== "if_required" && !ended.error) window.location.assign(confirmParams.return_url);
        return ended;
      },
      ...{ createToken: nothing, createPaymentMethod: nothing, confirmCardPayment: nothing },
      ...{ _registerWrapper: () => undefined, registerAppInfo: () => undefined },
    };
  }
  Stripe.version = "endive";
  window.Stripe = Stripe;
})();
