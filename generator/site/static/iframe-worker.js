// Search runs in a worker, and browsers start none for a page from the disk. There this stands in for
// it: the script runs in a frame without a face, and messages go to and fro as with a worker.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    #waiting = [];
    #frame = document.createElement("iframe");

    constructor(url) {
      super();
      this.#frame.hidden = true;
      this.#frame.srcdoc = "<!doctype html><title>search</title>";
      this.#frame.addEventListener("load", () => this.#start(String(url)), { once: true });
      const attach = () => document.body.append(this.#frame);
      document.body ? attach() : addEventListener("DOMContentLoaded", attach);
    }

    #start(url) {
      const inner = this.#frame.contentWindow;
      inner.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      inner.importScripts = (...urls) => urls.reduce((last, one) => last.then(() => this.#load(one)), Promise.resolve());
      this.#load(url).then(() => {
        const waiting = this.#waiting;
        this.#waiting = null;
        for (const data of waiting) this.postMessage(data);
      });
    }

    #load(url) {
      return new Promise((resolve) => {
        const script = this.#frame.contentDocument.createElement("script");
        script.src = url;
        script.addEventListener("load", resolve);
        script.addEventListener("error", () => this.dispatchEvent(new ErrorEvent("error", { filename: url })));
        this.#frame.contentDocument.body.append(script);
      });
    }

    postMessage(data) {
      if (this.#waiting) this.#waiting.push(data);
      else this.#frame.contentWindow.dispatchEvent(new MessageEvent("message", { data }));
    }

    terminate() {
      this.#frame.remove();
    }
  };
}
