// The region in the addresses of pages that show what a region has, so that whoever is given one sees the same.
import { useEffect } from "react";
import { useLocation } from "wouter";
import { currentRegion } from "../aws/credentials";
import { useSearchParams } from "./params";
import { changeSettings, regionOf, useSettings } from "./settings";

/** Puts the region into the address; one that is there, such as that of the page before, is what is shown. */
export function useRegionInAddress(regional: boolean) {
  const [path] = useLocation();
  const [given, setParameters] = useSearchParams();
  const search = given.toString();
  useSettings(); // the region is one of them
  const region = currentRegion();
  useEffect(() => {
    const wanted = regionOf(search);
    if (!regional || wanted === region) return;
    if (wanted) return changeSettings({ region: wanted });
    const parameters = new URLSearchParams(search);
    parameters.set("region", region);
    setParameters(parameters);
    // The parameters are others when their text is.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [regional, path, search, region]);
}
