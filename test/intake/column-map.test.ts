import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/domain/errors.ts';
import { shellWord, withMap } from '../../src/intake/advice.ts';
import { MAPPING_COLUMNS } from '../../src/intake/check-mapping.ts';
import { parseColumnMap } from '../../src/intake/column-map.ts';
import { fileOf, HEADER, idOf, setUp } from './harness.ts';

describe('--map', () => {
  it.each([
    [['conversation_id=ConvID'], { conversation_id: 'ConvID' }],
    [[' Conversation_ID = Conv ID '], { conversation_id: 'Conv ID' }],
    [
      ['session_id=A,conversation_id=B', 'user_id=C'],
      { session_id: 'A', conversation_id: 'B', user_id: 'C' },
    ],
    [['user_id=Name, first, session_id=x'], { user_id: 'Name, first', session_id: 'x' }],
    [['user_id=a=b'], { user_id: 'a=b' }],
    [['session_id=Id,user_id=Id'], { session_id: 'Id', user_id: 'Id' }],
  ])('reads %j', (values, expected) => {
    expect(Object.fromEntries(parseColumnMap(values, MAPPING_COLUMNS))).toEqual(expected);
  });

  it.each([
    ['conv_id=x', '--map knows no column "conv_id" (did you mean conversation_id?); there are session_id,'],
    ['start=x', '(did you mean started_at?)'],
    ['colour=x', '--map knows no column "colour"; there are session_id'],
    ['user_id', '--map cannot be "user_id"; give one of session_id'],
    ['user_id=', '--map cannot be "user_id="'],
    ['=x', '--map cannot be "=x"'],
    ['user_id=a,user_id=b', '--map gives user_id two headers, "a" and "b"; give it one.'],
  ])('refuses %s', (value, message) => {
    const parse = () => parseColumnMap([value], MAPPING_COLUMNS);
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(message);
  });
});

describe("somebody else's export", () => {
  const map = new Map([
    ['conversation_id', 'convid'],
    ['session_id', 'Chat No'],
    ['started_at', 'BEGIN'],
  ]);
  const line = `7,${idOf(1)},2026-11-01,${idOf(9)},u`;

  it('is taken by the headers that were given, before those of the same name as ours', async () => {
    const { mapping, rows, notes } = setUp();
    await mapping(fileOf('Chat no,ConvID,Begin,conversation_id,user_id', line), { map });
    expect(rows('SELECT session_id, conversation_id, user_id FROM mappings')).toEqual([['7', idOf(1), 'u']]);
    expect(notes).toEqual(['list.csv: columns that are not used: "conversation_id"']);
  });

  it.each([
    [
      'Chat,ConvID,Begin,x,y',
      /no column "Chat No", which --map gives for session_id; its first line has "Chat"/,
    ],
    ['Chat No,ConvID,Begin,chat no,y', /has the column "chat no" twice/],
    ['Chat No,ConvID,Begin,x,usr_id', /"usr_id"; did you mean user_id\?.*--map user_id=usr_id to take it/],
  ])('is refused for the header %s', async (header, message) => {
    const { mapping, rows } = setUp();
    await expect(mapping(fileOf(header, line), { map })).rejects.toThrow(message);
    expect(rows('SELECT count(*) FROM imports')).toEqual([[0]]);
  });

  it('may hold what looks like a column of ours misspelt, when that is to be left alone', async () => {
    const { mapping, rows, notes } = setUp();
    await mapping(fileOf('session_id,conversation_id,started_at,x,usr_id', line), { ignoreUnknown: true });
    expect(rows('SELECT session_id, user_id FROM mappings')).toEqual([['7', null]]);
    expect(notes).toEqual([]);
  });

  it('lacks columns, and the command that would take it can be pasted', async () => {
    const { mapping } = setUp();
    const content = fileOf('Agent,Chat session,Conv ID,Start time,Usr_ID', line);
    await expect(mapping(content)).rejects.toThrow(
      "or run nightsweep import mapping list.csv --map 'session_id=Chat session,conversation_id=Conv ID,started_at=Start time,user_id=Usr_ID' to say which they are.",
    );
  });

  it('says of each misspelt column which it is', async () => {
    const { mapping } = setUp();
    const header = HEADER.replace('session_id', 'sesion_id').replace('user_id', 'userid');
    await expect(mapping(fileOf(header))).rejects.toThrow(
      'list.csv has a column "sesion_id"; did you mean session_id (and 1 more like it)? Rename it, or run nightsweep import mapping list.csv --map session_id=sesion_id,user_id=userid to take it as that.',
    );
  });
});

describe('advice', () => {
  it('names COLUMN where no header comes near, and no header twice', () => {
    expect(withMap('x', ['session_id', 'started_at', 'user_id'], ['session', 'foo'])).toBe(
      'x --map session_id=session,started_at=COLUMN,user_id=COLUMN',
    );
  });

  it.each([
    ['a-b_c=d/e.csv', 'a-b_c=d/e.csv'],
    ['a b', "'a b'"],
    ["it's $HOME", "'it'\\''s $HOME'"],
    ['', "''"],
    [';', "';'"],
  ])('quotes the word %s for a shell', (word, quoted) => {
    expect(shellWord(word)).toBe(quoted);
  });
});
