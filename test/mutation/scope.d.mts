export const ROOT: string;
export function isMutated(file: string): boolean;
export function mutatedFiles(root?: string): string[];
