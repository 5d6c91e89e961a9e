import { ApiError } from '../domain/errors.ts';

/**
 * Turns Genesys's own 404 into null: for a read it is an answer, not a failure. Any other 404 (no `code`: a proxy's
 * page, a wrong address) says nothing about the conversation and stays an error.
 */
export async function found(reply: Promise<unknown>): Promise<unknown> {
  try {
    return await reply;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404 && error.code !== null) return null;
    throw error;
  }
}
