/** Marks a file as ours, so that another program's database is never taken for one: "nswp" in ASCII. */
export const APPLICATION_ID = 0x6e737770;
