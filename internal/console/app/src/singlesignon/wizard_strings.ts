import type { WizardProps } from "@cloudscape-design/components/wizard";

export const wizardStrings: WizardProps.I18nStrings = {
  stepNumberLabel: (n) => `Step ${n}`,
  collapsedStepsLabel: (n, of) => `Step ${n} of ${of}`,
  navigationAriaLabel: "Steps",
};
