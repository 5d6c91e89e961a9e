/** Light, dark and paper differ in these alone; the charts use them too. Every text has a contrast of 4.5 or more. */
export const LIGHT = `
  --page: #ffffff; --ink: #1a2027; --soft: #57616c; --line: #e3e7eb; --grid: #e9ecef; --axis: #87919c;
  --closed: #17568f; --closed-veil: #e4eef7; --ended: #4a90cc; --gone: #87909a; --trouble: #c24e08;
  --kept: #4a90cc; --track: #edf0f3; --idle-night: #eff1f4; --focus: #17568f;`;
export const DARK = `
  --page: #13171c; --ink: #e9edf1; --soft: #a4aeb9; --line: #2a3038; --grid: #252b33; --axis: #6d7783;
  --closed: #79bbf5; --closed-veil: #1c2c3c; --ended: #3c7db8; --gone: #87909b; --trouble: #ff9a57;
  --kept: #3c7db8; --track: #222830; --idle-night: #1d2229; --focus: #79bbf5;`;
