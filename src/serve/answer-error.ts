import type { FastifyReply, FastifyRequest } from 'fastify';
import { renderLost } from '../dashboard/html/page.ts';
import type { Log } from '../sweep/ports.ts';
import { toProblem } from './known-errors.ts';
import { PAGE_HEADERS, wantsPage } from './page-answer.ts';
import { type HttpProblem, PROBLEM_TYPE, problemJson, UNKNOWN_PATH } from './problem.ts';

export type AnswerError = (error: Error, request: FastifyRequest, reply: FastifyReply) => void;

/** Answers with what is for the client, and logs what is for the operator. */
export function errorAnswer(log: Log): AnswerError {
  return (error, request, reply) => {
    const problem = toProblem(error);
    const own = { 'x-request-id': request.id, 'cache-control': 'no-store' };
    if (problem.code === UNKNOWN_PATH && request.method === 'GET' && wantsPage(request.headers)) {
      reply
        .code(problem.status)
        .headers({ ...own, ...PAGE_HEADERS })
        .send(renderLost());
      return;
    }
    if (problem.status >= 500) logTrouble(log, problem, request);
    reply
      .code(problem.status)
      .headers({ ...own, ...problem.headers })
      .type(PROBLEM_TYPE)
      .send(JSON.stringify(problemJson(problem, request.id)));
  };
}

function logTrouble(log: Log, problem: HttpProblem, { method, id }: FastifyRequest): void {
  const { cause } = problem;
  const why = cause instanceof Error ? cause.message : problem.message;
  log.warn(`${method} was answered with ${problem.status}: ${why}`, { request: id });
  if (problem.status === 500 && cause instanceof Error) log.debug(cause.stack ?? '', { request: id });
}
