import Grid from "@cloudscape-design/components/grid";
import { Page } from "../shell/page";
import { AccountCard } from "./account_card";
import { Checklist, useSteps } from "./checklist";
import { Learn } from "./learn";
import { Services } from "./services";

const wide = { default: 12, m: 7 };
const narrow = { default: 12, m: 5 };

export default function Home() {
  const steps = useSteps();
  const columns = [{ colspan: wide }, { colspan: narrow }];
  return (
    <Page title="Console home">
      <Grid gridDefinition={steps.length ? [...columns, ...columns] : [...columns, { colspan: 12 }]}>
        {steps.length > 0 && <Checklist steps={steps} />}
        {steps.length > 0 && <Services />}
        <Learn />
        <AccountCard />
        {!steps.length && <Services />}
      </Grid>
    </Page>
  );
}
