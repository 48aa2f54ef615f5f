// Each component that Dash draws anew resets what the page's store keeps of it, and with each reset the store tells
// every component on the page that something may have changed: drawing a table of 200 parts costs 200 times 1000 looks,
// seconds for a long list. Here all resets of one turn are told once, after the last. Every other change is told at once.
(() => {
  const RESET = "RESET_COMPONENT_STATE";

  function tellOnce(store) {
    const { subscribe, dispatch } = store;
    const untold = new Set();
    let isReset = false;

    function tell() {
      for (const listener of [...untold]) listener();
    }

    store.subscribe = (listener) => {
      const heard = () => {
        if (isReset) return void untold.add(heard);
        untold.delete(heard);
        listener();
      };
      const unsubscribe = subscribe(heard);
      return () => {
        untold.delete(heard);
        unsubscribe();
      };
    };

    store.dispatch = (action) => {
      if (action?.type !== RESET) return dispatch(action);
      if (!untold.size) queueMicrotask(tell);
      isReset = true;
      try {
        return dispatch(action);
      } finally {
        isReset = false;
      }
    };
    return store;
  }

  // Dash puts its store here as soon as it has one, before anything of the page listens to it.
  const stores = (window.dash_stores ??= []);
  stores.push = (...made) => Array.prototype.push.apply(stores, made.map(tellOnce));

  window.lookahead = { ...window.lookahead, tellOnce };
})();
