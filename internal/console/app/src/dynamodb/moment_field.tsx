import DatePicker from "@cloudscape-design/components/date-picker";
import FormField from "@cloudscape-design/components/form-field";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TimeInput from "@cloudscape-design/components/time-input";

/** A moment as it is typed, in the browser's time zone: "2026-01-31" and "12:00:00". */
export interface Moment {
  date: string;
  time: string;
}

export function momentOf(at: Date): Moment {
  const two = (n: number) => String(n).padStart(2, "0");
  return {
    date: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    time: `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`,
  };
}

/** The moment that was typed; nothing if it is not complete. */
export function dateOf({ date, time }: Moment): Date | undefined {
  const at = new Date(`${date}T${time}`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

interface MomentFieldProps {
  label: string;
  description?: string;
  error?: string;
  value: Moment;
  onChange: (moment: Moment) => void;
}

export function MomentField({ label, description, error, value, onChange }: MomentFieldProps) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <FormField label={label} description={description} constraintText={`Use 24-hour format, of the time zone ${zone}.`} errorText={error}>
      <SpaceBetween direction="horizontal" size="xs">
        <FormField label="Date">
          <DatePicker
            value={value.date}
            placeholder="YYYY/MM/DD"
            openCalendarAriaLabel={() => `${label}: choose the date`}
            onChange={({ detail }) => onChange({ ...value, date: detail.value })}
          />
        </FormField>
        <FormField label="Time">
          <TimeInput value={value.time} placeholder="hh:mm:ss" format="hh:mm:ss" onChange={({ detail }) => onChange({ ...value, time: detail.value })} />
        </FormField>
      </SpaceBetween>
    </FormField>
  );
}
