import assert from 'node:assert/strict';
import { parseTime } from '../../../src/base/time';

describe('parseTime', () => {
  const shapes: readonly (readonly [string | number, string])[] = [
    ['2020-08-03T03:39:38Z', '2020-08-03T03:39:38.000Z'],
    ['2020-08-03T03:39:38', '2020-08-03T03:39:38.000Z'],
    ['2020-09-20 00:00:00', '2020-09-20T00:00:00.000Z'],
    ['2020-09-20 00:00:00.5', '2020-09-20T00:00:00.500Z'],
    ['2022-12-14T11:22:57.000+08:00', '2022-12-14T03:22:57.000Z'],
    ['2022-12-14T11:22:57+08:00', '2022-12-14T03:22:57.000Z'],
    ['2023-06-06T20:47:02.15507+08:00', '2023-06-06T12:47:02.155Z'],
    ['2020-09-19T15:27:47.60571141+08:00', '2020-09-19T07:27:47.605Z'],
    ['2020-08-03T03:39:38.119032659Z', '2020-08-03T03:39:38.119Z'],
    ['2018-02-07T02:00:27.964766Z', '2018-02-07T02:00:27.964Z'],
    ['2020-01-04T09:05:22.701000Z', '2020-01-04T09:05:22.701Z'],
    ['2020-01-01T00:00:00-0330', '2020-01-01T03:30:00.000Z'],
    [1_623_816_488_875, '2021-06-16T04:08:08.875Z'],
    [0, '1970-01-01T00:00:00.000Z'],
  ];

  for (const [written, meant] of shapes) {
    it(`parses ${JSON.stringify(written)}`, () => {
      const at = parseTime(written);
      assert.ok(at !== undefined);
      assert.equal(new Date(at).toISOString(), meant);
    });
  }

  it('returns undefined for a text that is not a timestamp', () => {
    for (const junk of [
      '',
      ' ',
      '-',
      'never',
      '2020',
      '2020-09-20',
      '1623816488875',
      '2020-09-20 00:00:00 +0000 +0000',
      '2020-13-01T00:00:00Z',
      '2020-02-30T00:00:00Z',
      '2021-02-29 12:00:00',
      '2020-09-31T00:00:00Z',
      '2020-00-10T00:00:00Z',
      '2020-01-01T25:00:00Z',
      '2020-01-01T00:60:00Z',
      '2020-01-01T00:00:61Z',
      '2020-01-01T00:00:00+99:99',
      '2020-01-01T00:00:00.1234567890Z',
      ' 2020-08-03T03:39:38Z',
      '2020-08-03T03:39:38Z\n',
      '2020-08-03T03:39:38ZZ',
      '+020200-08-03T03:39:38Z',
      '２０２０-08-03T03:39:38Z',
    ]) {
      assert.equal(parseTime(junk), undefined, JSON.stringify(junk));
    }
    assert.ok(parseTime('2020-02-29T23:59:59Z') !== undefined);
  });

  it('returns undefined for a number beyond the range of dates', () => {
    const format = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });
    for (const odd of [NaN, Infinity, -Infinity, 8.64e15 + 1, -8.64e15 - 1, 1e21, Number.MAX_VALUE, Number('1e999')]) {
      assert.equal(parseTime(odd), undefined, String(odd));
    }
    for (const edge of [8.64e15, -8.64e15, '9999-12-31T23:59:59-18:00', '0000-01-01T00:00:00Z']) {
      const at = parseTime(edge);
      if (at !== undefined) {
        assert.doesNotThrow(() => format.format(at), String(edge));
      }
    }
    assert.equal(parseTime(8.64e15), 8.64e15);
  });
});
