export const PROSE: string;
export const strykerPlugins: readonly unknown[];
