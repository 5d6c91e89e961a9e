import { ApiError } from '../domain/errors.ts';

/** Turns a 404 into null: for a read it is an answer, not a failure. */
export async function found(reply: Promise<unknown>): Promise<unknown> {
  try {
    return await reply;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}
