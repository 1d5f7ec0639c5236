// What a person set, for the next visit. A browser that keeps nothing still counts.

export const remember = {
  get(key, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(`fingercount_${key}`)) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(`fingercount_${key}`, JSON.stringify(value));
    } catch {}
  },
};
