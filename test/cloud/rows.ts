import type { Row } from './documented';
import type { Random } from './random';

const teams = ['支付', '订单', '物流', '会员', 'billing', 'gateway', 'reports', 'mobile', 'Überwachung', 'partner'];
const stages = ['生产', '测试', '预发布', 'prod', 'test', 'staging'];
const roles = ['deploy', 'build', 'release', 'backup', '运维', '研发'];
const devices = ['laptop', 'workstation', '办公电脑', 'build-server', 'ci', '备用电脑'];
const eight = 8 * 3_600_000;

/** UTC with a `Z` and so many digits after the second, as API Connect writes it. */
function utc(moment: number, random: Random, digits: number): string {
  const base = new Date(moment).toISOString().slice(0, 19);
  return digits === 0 ? `${base}Z` : `${base}.${random.hex(digits).replaceAll(/[a-f]/g, '7')}Z`;
}

/** Beijing time with an offset and the given fraction of a second. */
function beijing(moment: number, fraction: string): string {
  return `${new Date(moment + eight).toISOString().slice(0, 19)}.${fraction}+08:00`;
}

function later(moment: number, random: Random): number {
  return moment + random.integer(0, 300) * 86_400_000 + random.integer(0, 86_400_000);
}

function numbered(index: number): string {
  return String(index + 1).padStart(4, '0');
}

/** An API key of Node Engine Service (document 001), some with only the fields of document 000. */
export function nesRow(random: Random, index: number): Row {
  const created = random.moment();
  const times = {
    create_time: beijing(created, random.hex(5).replaceAll(/[a-f]/g, '3')),
    // The time of its last use: a key that was never used has none.
    update_time: index % 6 === 5 ? '' : beijing(later(created, random), '15507'),
  };
  const id = random.uuid();
  const description = `${random.pick(stages)}-${random.pick(teams)}-${numbered(index)}`;
  const nodes = Array.from({ length: random.integer(0, 3) }, () => random.uuid());
  if (index % 9 === 4) {
    return { id, description, ...times };
  }
  const guarded = index % 3 === 0;
  return {
    id,
    // The create call documents a string, the list's example a number.
    eps_info: index % 7 === 3 ? { eps_id: random.uuid(), eps_name: '研发部' } : { eps_id: 0, eps_name: 'default' },
    description,
    node_ids: nodes,
    ...(guarded ? { control_type: 'allow' } : {}),
    allowlists: guarded
      ? [
          { allowlist_type: 'addresses', allowlist_info: `0x${random.hex(40)}` },
          { allowlist_type: 'ip', allowlist_info: `10.${random.integer(0, 255)}.${random.integer(0, 255)}.0/24` },
        ]
      : index % 4 === 1
        ? null
        : [],
    ...times,
  };
}

/** An SSH key of CodeArts Repo (document 002). */
export function sshRow(random: Random, index: number): Row {
  const title = `${random.pick(roles)}@${random.pick(devices)}-${numbered(index)}`;
  const ed25519 = index % 2 === 0;
  // Behind the type and the lengths of the fields; the RSA one is a modulus of 2,048 bits.
  const body = Buffer.from(ed25519 ? `20${random.hex(64)}` : `0100c1${random.hex(510)}`, 'hex').toString('base64');
  return {
    id: 2_000_000_000 + index * 37 + random.integer(0, 36),
    title,
    key: ed25519
      ? `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA${body} ${title}`
      : `ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB${body}`,
    created_at: beijing(random.moment(), '000'),
  };
}

/** A signature key (document 003), of each of the four types in turn, its key and secret as long as the type allows. */
export function signRow(random: Random, index: number): Row {
  const type = random.pick(['hmac', 'hmac', 'basic', 'public_key', 'aes']);
  const created = random.moment();
  const strong = index % 2 === 0;
  const sizes: Readonly<Record<string, readonly [number, number]>> = {
    hmac: [32, 32],
    basic: [16, 32],
    public_key: [64, 256],
    aes: [strong ? 32 : 16, 16],
  };
  const [key, secret] = sizes[type] ?? [32, 32];
  const prefix = index % 2 === 0 ? '签名密钥' : 'Signature';
  return {
    sign_secret: random.hex(secret),
    update_time: utc(later(created, random), random, index % 3 === 0 ? 9 : 6),
    create_time: utc(created, random, index % 3 === 1 ? 0 : 6),
    name: `${prefix}_${random.pick(teams)}_${numbered(index)}`,
    id: random.hex(32),
    sign_key: random.hex(key),
    sign_type: type,
    ...(type === 'aes' ? { sign_algorithm: strong ? 'aes-256-cfb' : 'aes-128-cfb' } : {}),
    bind_num: random.integer(0, 12),
    ldapi_bind_num: random.integer(0, 2),
  };
}

/** A ROMA Connect instance (CheckRomaInstanceListV2) of a project. */
export function instanceRow(random: Random, index: number, projectId: string): Row {
  const created = random.moment();
  const troubled = ['FROZEN', 'CREATING', 'ERROR', 'FREEZING'];
  const status = index % 11 === 10 ? random.pick(troubled) : 'RUNNING';
  const open = index % 3 !== 0;
  const address = `119.3.${random.integer(0, 255)}.${random.integer(1, 254)}`;
  return {
    id: random.uuid(),
    name: `${index % 2 === 0 ? 'roma' : '集成平台'}-${random.pick(stages)}-${numbered(index)}`,
    description: index % 4 === 0 ? '' : `${random.pick(teams)} 集成`,
    flavor_id: '00400-30101-0--0',
    flavor_type: random.pick(['basic', 'professional', 'enterprise', 'platinum']),
    cpu_arch: random.pick(['x86_64', 'aarch64']),
    vpc_id: random.uuid(),
    subnet_id: random.uuid(),
    security_group_id: random.uuid(),
    publicip_enable: open,
    ...(open ? { publicip_id: random.uuid(), publicip_address: address } : {}),
    status,
    ...(status === 'ERROR' ? { error_code: 'ROMA.00011000', error_msg: 'System error' } : {}),
    charge_type: random.pick(['prePaid', 'postPaid']),
    project_id: projectId,
    create_time: utc(created, random, 0),
    update_time: utc(later(created, random), random, 0),
    maintain_begin: '22:00:00',
    maintain_end: '02:00:00',
    available_zone_ids: [random.hex(32)],
    enterprise_project_id: index % 5 === 4 ? random.uuid() : '0',
  };
}

/** A credential quota (ListAppQuotas); `example` gives the values of a printed example, but for its ID. */
export function quotaRow(random: Random, index: number, example: Row, bound: number): Row {
  const created = random.moment();
  return {
    name: `${index % 2 === 0 ? 'quota' : '凭据配额'}_${random.pick(teams)}_${numbered(index)}`,
    call_limits: random.pick([100, 1000, 20_000, 500_000]),
    time_unit: random.pick(['SECOND', 'MINUTE', 'HOUR', 'DAY']),
    time_interval: random.integer(1, 12),
    remark: index % 3 === 0 ? '' : `${random.pick(stages)} 环境`,
    // The service sends this one without a zone.
    reset_time: `${new Date(created).toISOString().slice(0, 10)} 00:00:00`,
    create_time: beijing(created, '60571141'),
    ...example,
    // Document 004 prints the example's ID as that of a quota that does not exist.
    app_quota_id: random.hex(32),
    bound_app_num: bound,
  };
}

/** A credential bound to a quota (document 004), or, without a quota, one that is bound to none. */
export function boundRow(random: Random, index: number, quota?: Row): Row {
  const registered = random.moment();
  return {
    app_id: index % 2 === 0 ? random.uuid() : random.hex(32),
    name: `${index % 2 === 0 ? 'app' : '应用'}_${random.pick(teams)}_${numbered(index)}`,
    status: index % 8 === 7 ? 2 : 1,
    app_key: random.uuid(),
    remark: index % 3 === 0 ? '' : `${random.pick(teams)} 使用`,
    register_time: utc(registered, random, 0),
    update_time: utc(later(registered, random), random, 0),
    ...(quota === undefined
      ? {}
      : {
          app_quota_id: quota['app_quota_id'],
          app_quota_name: quota['name'],
          bound_time: utc(later(registered, random), random, 0),
        }),
  };
}

/** A bound credential as the list of an instance's credentials gives it (ListAppsV2), with its secret. */
export function appRow(random: Random, app: Row): Row {
  return {
    id: app['app_id'],
    name: app['name'],
    remark: app['remark'] ?? '',
    creator: 'USER',
    update_time: app['update_time'],
    app_key: app['app_key'],
    app_secret: random.hex(32),
    register_time: app['register_time'],
    status: app['status'],
    app_type: 'apig',
    roma_app_type: random.pick(['subscription', 'integration']),
    bind_num: random.integer(0, 9),
  };
}
