// A consent manager as IAB Europe's "Consent Management Platform API" has it (TCF v2.2): the stub that a page has from the start, which keeps
// what it is asked, and what takes its place later. The tests are its readers: they have it load, show itself, and take their choices.
"use strict";

window.cmp = (() => {
  const queue = [];
  const listeners = new Map();
  let n_listeners = 0;
  // What it knows; nothing of it is there before it has loaded.
  let state;

  // The stub answers `ping` alone.
  window.__tcfapi = (command, version, callback, parameter) => {
    if (command === "ping") callback({ gdprApplies: undefined, cmpLoaded: false, cmpStatus: "stub", apiVersion: "2.2" }, true);
    else queue.push([command, version, callback, parameter]);
  };
  const locator = document.createElement("iframe");
  locator.name = "__tcfapiLocator";
  addEventListener("DOMContentLoaded", () => {
    locator.style.cssText = "display: none";
    document.body.append(locator);
  });

  // Where the law does not apply, four properties are all there is.
  const data = (listenerId) => {
    const { id, gdprApplies, eventStatus, allowed, vendors } = state;
    const basis = { gdprApplies, tcfPolicyVersion: 4, cmpId: id, cmpVersion: 7, listenerId };
    if (gdprApplies === false) return basis;
    const flags = (numbers, most) => Object.fromEntries([...Array(most)].map((_, index) => [index + 1, numbers.includes(index + 1)]));
    return {
      ...basis,
      tcString: "CQAAAAAQAAAAAAHABBFRAAEsAP_gAAAAAAAAAAA",
      eventStatus,
      cmpStatus: "loaded",
      isServiceSpecific: true,
      useNonStandardTexts: false,
      publisherCC: "FR",
      purposeOneTreatment: false,
      purpose: { consents: flags(allowed, 11), legitimateInterests: flags([], 11) },
      vendor: { consents: flags(vendors, 20), legitimateInterests: flags([], 20), disclosedVendors: flags([...Array(21).keys()], 20) },
      specialFeatureOptins: flags([], 2),
      publisher: {
        consents: flags(allowed, 11),
        legitimateInterests: flags([], 11),
        customPurpose: { consents: {}, legitimateInterests: {} },
        restrictions: {},
      },
    };
  };

  const api = (command, version, callback, parameter) => {
    if (version && version !== 2) callback(null, false);
    else if (command === "ping") {
      const { id, gdprApplies, eventStatus } = state;
      const displayStatus = eventStatus === "cmpuishown" ? "visible" : "hidden";
      const versions = { apiVersion: "2.2", cmpVersion: 7, cmpId: id, gvlVersion: 60, tcfPolicyVersion: 4 };
      callback({ gdprApplies, cmpLoaded: true, cmpStatus: "loaded", displayStatus, ...versions }, true);
    } else if (command === "addEventListener") {
      listeners.set(++n_listeners, callback);
      callback(data(n_listeners), true);
    } else if (command === "removeEventListener") callback(listeners.delete(parameter));
    else callback(null, false);
  };

  const change = (news) => {
    Object.assign(state, news);
    for (const [id, listener] of listeners) listener(data(id), true);
  };

  return {
    // Loads, and takes the stub's place: with the choices of an earlier visit (`tcloaded`), or to ask for them (`cmpuishown`).
    load: (knows) => {
      const eventStatus = knows?.allowed ? "tcloaded" : "cmpuishown";
      state = { id: 300, gdprApplies: true, eventStatus, allowed: [], vendors: [], ...knows };
      window.__tcfapi = api;
      for (const asked of queue.splice(0)) api(...asked);
    },
    // It has found out whether the law applies.
    know: (gdprApplies) => change({ gdprApplies }),
    // The reader opens it again, or says what is allowed, by the numbers of purposes and vendors.
    show: () => change({ eventStatus: "cmpuishown" }),
    choose: (allowed, vendors = []) => change({ eventStatus: "useractioncomplete", allowed, vendors }),
    n_listeners: () => listeners.size,
  };
})();
