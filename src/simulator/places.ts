import type { NamedRef } from './wire.ts';

type Places = readonly [NamedRef, ...NamedRef[]];

/** The queues of the simulated organisation; the same for every seed, so that examples can name them. */
export const QUEUES: Places = [
  { id: '0b6f4a52-6a3e-4a0f-9d0c-3f6f4f1f0a01', name: 'Orders' },
  { id: '1c7a5b63-7b4f-4b10-8e1d-407a50200b02', name: 'Returns' },
  { id: '2d8b6c74-8c50-4c21-9f2e-518b61310c03', name: 'Billing' },
  { id: '3e9c7d85-9d61-4d32-a03f-629c72420d04', name: 'Technical support' },
  { id: '4fad8e96-ae72-4e43-b140-73ad83530e05', name: 'Claims' },
  { id: '50be9fa7-bf83-4f54-8251-84be94640f06', name: 'Key accounts' },
];

/** Its divisions. */
export const DIVISIONS: Places = [
  { id: '61cfa0b8-c094-4065-9362-95cfa5750a11', name: 'Home' },
  { id: '72d0b1c9-d1a5-4176-a473-a6d0b6860b12', name: 'Retail' },
  { id: '83e1c2da-e2b6-4287-b584-b7e1c7970c13', name: 'Insurance' },
];

export function queueName(id: string): string {
  return QUEUES.find((queue) => queue.id === id)?.name ?? 'Unnamed queue';
}
