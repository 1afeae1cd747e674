/** Headers that the gateway sets itself on every attempt; nobody else may. */

export const OWN_HEADER: RegExp = /^(?:webhook-(?:id|timestamp|signature)|ringdown-.*)$/i;
