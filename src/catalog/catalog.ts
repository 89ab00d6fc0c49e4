import { codeArtsRepo } from './codeArtsRepo';
import { projects } from './iam';
import { nes } from './nes';
import { roma } from './roma';
import type { ChildDeclaration, Service } from './declaration';

/** Every service that holds keys, in the order in which the tree shows them. A new one is one file and one line here. */
export const services: readonly Service[] = [nes, codeArtsRepo, roma];

/** The children of an account: its projects, and below them the services. The tree is this declaration, expanded. */
export const catalog: readonly ChildDeclaration[] = [projects(services)];
