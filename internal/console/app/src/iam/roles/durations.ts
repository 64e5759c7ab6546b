/** The durations that AWS's console offers for the sessions of a role, in seconds. */
export const durations = [3600, 7200, 14_400, 28_800, 43_200];

export const durationText = (seconds: number) => {
  const hours = seconds / 3600;
  if (!Number.isInteger(hours)) return `${seconds} seconds`;
  return hours === 1 ? "1 hour" : `${hours} hours`;
};
