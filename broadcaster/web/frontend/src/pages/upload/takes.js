// Recordings while they are made, second by second, in the browser's own database: a crash or a reload loses
// at most the last one. A browser that keeps none (some do in private windows) still records.
const NAME = "sekong-takes";

function opened() {
  return new Promise((resolve, reject) => {
    const asked = window.indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("takes", { keyPath: "id" });
      asked.result.createObjectStore("pieces", { autoIncrement: true }).createIndex("take", "take");
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function within(stores, mode, work) {
  const base = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const act = base.transaction(stores, mode);
      const asked = work(act);
      act.oncomplete = () => resolve(asked && asked.result);
      act.onerror = act.onabort = () => reject(act.error);
    });
  } finally {
    base.close();
  }
}

export const takes = {
  put: (take) => within(["takes"], "readwrite", (act) => act.objectStore("takes").put(take)),
  addPiece: (take, blob) => within(["pieces"], "readwrite", (act) => act.objectStore("pieces").add({ take, blob })),
  all: () => within(["takes"], "readonly", (act) => act.objectStore("takes").getAll()),
  pieces: (id) => within(["pieces"], "readonly", (act) => act.objectStore("pieces").index("take").getAll(id)),
  drop: (id) =>
    within(["takes", "pieces"], "readwrite", (act) => {
      act.objectStore("takes").delete(id);
      act.objectStore("pieces").index("take").openCursor(IDBKeyRange.only(id)).onsuccess = (event) => {
        const cursor = event.target.result;
        if (!cursor) return;
        cursor.delete();
        cursor.continue();
      };
    }),
};
