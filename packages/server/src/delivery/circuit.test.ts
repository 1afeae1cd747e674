import { expect, test } from "vitest";
import { type Circuit, createCircuit } from "./circuit.ts";

const create = (): Circuit => createCircuit(() => 0.5);

function opened(): Circuit {
  const circuit = create();
  for (let i = 0; i < 10; i++) circuit.onSign("silent", 0);
  expect(circuit.status()).toBe("open");
  return circuit;
}

test("ten silent failures in a row open it, nine and a success do not", () => {
  const circuit = create();
  for (let i = 0; i < 9; i++) expect(circuit.onSign("silent", 0)).toBe("unchanged");
  circuit.onSign("good", 0);
  for (let i = 0; i < 9; i++) expect(circuit.onSign("silent", 0)).toBe("unchanged");
  expect(circuit.onSign("silent", 0)).toBe("opened");
});

test("refusals open it when they are half of at least a hundred attempts", () => {
  const circuit = create();
  for (let i = 0; i < 49; i++) {
    circuit.onSign("good", i);
    circuit.onSign("refusing", i);
  }
  expect(circuit.onSign("refusing", 50)).toBe("unchanged");
  expect(circuit.onSign("good", 50)).toBe("opened");
});

test("less than half never opens it", () => {
  const circuit = create();
  for (let i = 0; i < 10_000; i++) {
    const sign = i % 5 < 2 ? "refusing" : "good";
    expect(circuit.onSign(sign, i * 10)).toBe("unchanged");
  }
});

test("only the last minute counts", () => {
  const circuit = create();
  for (let i = 0; i < 99; i++) circuit.onSign("refusing", 0);
  expect(circuit.onSign("refusing", 61_000)).toBe("unchanged");
});

test("what says nothing about the destination moves nothing", () => {
  const circuit = create();
  for (let i = 0; i < 1_000; i++) circuit.onSign("unknown", 0);
  expect(circuit.status()).toBe("closed");
});

test("late results of attempts that were under way do not move an open circuit", () => {
  const circuit = opened();
  const probeAtMs = circuit.nextProbeAtMs();
  expect(circuit.onSign("silent", 4_000)).toBe("unchanged");
  expect(circuit.onSign("good", 4_000)).toBe("unchanged");
  expect(circuit.nextProbeAtMs()).toBe(probeAtMs);
});

test("probes wait 5 s, then twice as long each, up to 5 minutes", () => {
  const circuit = opened();
  const waits: number[] = [];
  let nowMs = 0;
  for (let i = 0; i < 9; i++) {
    waits.push(circuit.nextProbeAtMs() - nowMs);
    nowMs = circuit.nextProbeAtMs();
    circuit.beginProbe();
    expect(circuit.onProbed("refusing", nowMs)).toBe("open");
  }
  const seconds = waits.map((ms) => Math.round(ms / 1000));
  expect(seconds).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
});

test("a probe that was answered closes it and forgets the past", () => {
  const circuit = opened();
  circuit.beginProbe();
  expect(circuit.status()).toBe("probing");
  expect(circuit.onProbed("good", 5_000)).toBe("closed");
  for (let i = 0; i < 9; i++) expect(circuit.onSign("silent", 6_000)).toBe("unchanged");
});

test("a probe that says nothing is made again after the same wait", () => {
  const circuit = opened();
  circuit.beginProbe();
  circuit.onProbed("unknown", 5_000);
  expect(circuit.nextProbeAtMs()).toBe(10_000);
});

test("a destination that asks for time is not probed before", () => {
  const circuit = opened();
  circuit.postpone(60_000);
  expect(circuit.nextProbeAtMs()).toBe(60_000);
  circuit.postpone(30_000);
  expect(circuit.nextProbeAtMs()).toBe(60_000);
});

test("destinations that went down together are probed apart", () => {
  const probeTimes = [0, 0.999].map((random) => {
    const circuit = createCircuit(() => random);
    for (let i = 0; i < 10; i++) circuit.onSign("silent", 0);
    return circuit.nextProbeAtMs();
  });
  expect(probeTimes[0]).toBeCloseTo(4_000, -1);
  expect(probeTimes[1]).toBeCloseTo(6_000, -1);
});
