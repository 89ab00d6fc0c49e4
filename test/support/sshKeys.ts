// Printed once by ssh-keygen, and kept: the tests do not need it.

/** Keys with what ssh-keygen 9.2 (OpenSSH) prints of them; the first is a host key of GitHub, as GitHub publishes it. */
export const publicKeys = [
  {
    line: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl',
    sha256: 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
    md5: 'MD5:65:96:2d:fc:e8:d5:a9:11:64:0c:0f:ea:00:6e:5b:bd',
  },
  {
    line: 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDRi/taX/+u7CYzleQFN0Clc4vts5ljN1YPScGh72wl3gZ6oi9QDG3b8JGChhBLCkKDGm6Wgz5dZVhC8IaqZZKpepQTpytpVI1lJ1UaIvnYlbC2V7VOQo1DY0Z2F2mcndRXpEKs8Y0bgNqXQwTAVkfC13omXPABZvecvzpVD+ojzEgRxgU/A3mKLAQAP0twu3EriLAxdOqU6uMW/FWVAItoaSsR8EieTJukGH2uFjPMQhWVvyFLS+OphyCE50RIF+HgNLn6r0OloSQqMh/j6rZqoW3YA6FAs4HWhHL4vvrYx2bHICm0XomGs7NgZ3mUYsU49dH+TDITubwgCMz9i6Pj ops@laptop',
    sha256: 'SHA256:p2cNVj0gJ3SSBWq42O4kKfQPhemzcz2KFyoFUtfAhXw',
    md5: 'MD5:17:97:77:15:0e:7b:24:c8:1a:23:8e:6b:c5:65:0e:c0',
  },
  {
    line: 'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBGyWsXWTOJrEiPhnGy2IBK6R+X0pE1mCMgRU+I9C2kct+Zf0UJ1qXuwB9bbDkSl5VC5pzlq261o5f1xmR19qkCY= ec@x',
    sha256: 'SHA256:89w0k3ckG4ScweB1Z/qlnL1WAcDH6aaE368yiYuOXf0',
    md5: 'MD5:b5:88:22:2d:76:99:36:26:ce:7e:6f:e6:08:82:bb:c4',
  },
  {
    line: 'ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBMbmtFhF3egYcosG+xxaalSLMWVBs2ml4WwKsuV9dEBsVuUY/JrXPTXCeG/qwp0mIiIO2brbFBe6w4jm+1Nj9vlqsxh4DpwrqkUUYG6UQ0McIGyFJv/n3D//jfXea8TsRg== li@laptop',
    sha256: 'SHA256:e97HGQgh0VJLFD/8mdGA0elZ8JyJQSAxMQPgILIqlwQ',
    md5: 'MD5:2c:d9:be:e6:c0:ad:71:2b:4d:25:26:94:48:a3:d5:b3',
  },
  {
    line: 'ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBACWyDSGmYuzOCIKRZqbCxq+WVmVJTdw0iJJ3Magj2VOvsdA3rrNBRWzNrYfcSTn6WLwBh8rufBktYqdwqxMRImaYQA8Kdf3YFdZL0xt9dIOY++49kgKUYJJTR18EKVNRh3Q9xYbs81iNBL0P7ktg9YZNYrWS4Tz47R6GBHRUcT+zNMjOg== li@laptop',
    sha256: 'SHA256:bK6p8qZipm7ory0ipTf2Pw9A2VNYmmVbgBklY3xCCDw',
    md5: 'MD5:9c:29:b6:dc:c1:ab:93:10:ee:2f:42:23:b4:66:be:1d',
  },
  {
    line: 'ssh-dss AAAAB3NzaC1kc3MAAACBANsvGc1BT6+PPkkiAEvqagoamz+b/iTv+fB5qbaTj4/OxZs4n6M+wL6os7TGUTHombjoEvw+k9kGZ7ClXKv81auZ3vnh42+4noFpQBnpm0vImkGfveZBBeH/2ww2fjVs9Xae0Ylqec4ma5Xy/SYeeqY5NO0i6QMXnvLfPs9WVCgVAAAAFQCa/tZv4SDmISDk4zl3msFu1AfwawAAAIEAgDdbtFTvrXYSbcmBtMKDThiSjyP1/aw5d+u6L+sngQSwSK/sF2+Qb5C3OmUBhlTuQxgJfYZt258c6Qm3dH2mXffgO53oIjM24vV7/6D+Sv4I75MCipq/KxEapboeOr7H395lNP+kCl4PKv2MMznLKhEjkffythmKC9V7dAmxmWgAAACAPYtZbzvAOdzu/aG2i4x2uCCdMEBSwaRhLz5b9b4EG6vbjewv7PmFQued6LTMkwxEHsuDyWzJ3aY0dYD2EHZY/a/dmqX7AlQNkJWQNvdipvfdnFUYdduyIWUmg5oumu+BzTbhPNNEysyeLEPz+X5VhGb8UlC38IsnEDmZRs/gtJ0= li@laptop',
    sha256: 'SHA256:s2mjOUwrvN2Qfa6bdcX5GE+raeTQYvNhwVXbNs/9W60',
    md5: 'MD5:7c:f7:ad:73:4b:fd:7f:d4:c7:3f:bb:a7:cf:f7:39:1d',
  },
  {
    line: 'sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIKRYwXCOUKwnVrZ0n7BNsxcUad1WU3pCMsWEFGw8LOSzAAAABHNzaDo= li@laptop',
    sha256: 'SHA256:wTWlLpvuqbPH5ZSCCKPB+S0Rh+1wt9+Gyh9Gv3W1Zgw',
    md5: 'MD5:dc:0e:90:a2:3e:c8:fe:11:1a:28:79:5b:47:6c:93:40',
  },
  {
    line: 'sk-ecdsa-sha2-nistp256@openssh.com AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20AAAAIbmlzdHAyNTYAAABBBOr9PlfKq6Iayp985M3Ev9ZVmUdu+cM2z+6XAlm/Qm5CnCs7offdH6cvTlDAMM3RnOhxoOA5/pbNryRu60uLmxAAAAAEc3NoOg== li@laptop',
    sha256: 'SHA256:pOdpdNof48D9t55RQoyllCSMOgM/bU6WmhwNzl9qiHk',
    md5: 'MD5:ac:0e:2d:ec:b1:d0:47:71:ba:2c:57:44:59:9a:15:bb',
  },
] as const;

/** Texts that `ssh-keygen -l` rejects as public keys; for a certificate, it prints the fingerprint of the key in it. */
export const noPublicKeys: Readonly<Record<string, string>> = {
  'a certificate':
    'ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29tAAAAIJeB+ino+5zfBfBLaSb4wURCbHZzeLdTbWWslWNLi0YsAAAAIKRYwXCOUKwnVrZ0n7BNsxcUad1WU3pCMsWEFGw8LOSzAAAAAAAAAAAAAAABAAAAAmlkAAAABgAAAAJsaQAAAAAAAAAA//////////8AAAAAAAAAggAAABVwZXJtaXQtWDExLWZvcndhcmRpbmcAAAAAAAAAF3Blcm1pdC1hZ2VudC1mb3J3YXJkaW5nAAAAAAAAABZwZXJtaXQtcG9ydC1mb3J3YXJkaW5nAAAAAAAAAApwZXJtaXQtcHR5AAAAAAAAAA5wZXJtaXQtdXNlci1yYwAAAAAAAAAAAAAAMwAAAAtzc2gtZWQyNTUxOQAAACC+BkRllpGSou+etRvV/gH8hnAn7kslNqLcpfSVpIcT1AAAAFMAAAALc3NoLWVkMjU1MTkAAABAnjBoayc0sV7at2iqV3YCAJu9iRkKu2lp4k37vgN6OCaxeAspgPjcJhoAzv4qpnOZOzTn+58bN2xEiKDMDSTRAw== li@laptop',
  'an RSA certificate':
    'ssh-rsa-cert-v01@openssh.com AAAAHHNzaC1yc2EtY2VydC12MDFAb3BlbnNzaC5jb20AAAAgetQOAhi9ma85JhPn5lIIOGqtspYMot/fxtLWACHcnS0AAAADAQABAAABAQDCOIVL46me4v6atKsZbrkIPXNUbvI7djRgV+W4iOh92qEb80/4PPqf33x2SxcKB3oSqbrSaJ2fBJ4r6E1KEyzGM8a60SIuD2TEp1b8WaMV3pkeRiB6UmtBUQ8TAWWk8xQWpEIRVkuvyunM42ua2xdwYhcuxB3CVTEP7Dv4d3OnfOUh+szP6p5TTn06BLwxIaFs9tnWzCKodZSFOAPqLFT1RtqJYhgHjxldaQ+bJJKEJWgsEG8ewfys+dy733Bvo4Q3XluTKPRniLN/Dzlza1IJMxLrtovvcxqttpcYfrulIb4cE7OFR1znyJdxLmn7dsxblHNrdADmcyB8ifiwLjW1AAAAAAAAAAAAAAABAAAAAmlkAAAABgAAAAJsaQAAAAAAAAAA//////////8AAAAAAAAAggAAABVwZXJtaXQtWDExLWZvcndhcmRpbmcAAAAAAAAAF3Blcm1pdC1hZ2VudC1mb3J3YXJkaW5nAAAAAAAAABZwZXJtaXQtcG9ydC1mb3J3YXJkaW5nAAAAAAAAAApwZXJtaXQtcHR5AAAAAAAAAA5wZXJtaXQtdXNlci1yYwAAAAAAAAAAAAAAMwAAAAtzc2gtZWQyNTUxOQAAACC+BkRllpGSou+etRvV/gH8hnAn7kslNqLcpfSVpIcT1AAAAFMAAAALc3NoLWVkMjU1MTkAAABAe3qYAruo30i7CZcIPS4VZSFhuboywixNnbnzK2w4veeRRL8+2Jyn4nuaDBAxrH1MRJX9+k/AnIS/OQPqwfgBAg== li@laptop',
  'the SSH2 format': [
    '---- BEGIN SSH2 PUBLIC KEY ----',
    'Comment: "256-bit ED25519, converted by root@vm from OpenSSH"',
    'AAAAC3NzaC1lZDI1NTE5AAAAIKRYwXCOUKwnVrZ0n7BNsxcUad1WU3pCMsWEFGw8LOSz',
    '---- END SSH2 PUBLIC KEY ----',
  ].join('\n'),
  PKCS8: [
    '-----BEGIN PUBLIC KEY-----',
    'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwjiFS+OpnuL+mrSrGW65',
    'CD1zVG7yO3Y0YFfluIjofdqhG/NP+Dz6n998dksXCgd6Eqm60midnwSeK+hNShMs',
    'xjPGutEiLg9kxKdW/FmjFd6ZHkYgelJrQVEPEwFlpPMUFqRCEVZLr8rpzONrmtsX',
    'cGIXLsQdwlUxD+w7+Hdzp3zlIfrMz+qeU059OgS8MSGhbPbZ1swiqHWUhTgD6ixU',
    '9UbaiWIYB48ZXWkPmySShCVoLBBvHsH8rPncu99wb6OEN15bkyj0Z4izfw85c2tS',
    'CTMS67aL73MarbaXGH67pSG+HBOzhUdc58iXcS5p+3bMW5Rza3QA5nMgfIn4sC41',
    'tQIDAQAB',
    '-----END PUBLIC KEY-----',
  ].join('\n'),
  PEM: [
    '-----BEGIN RSA PUBLIC KEY-----',
    'MIIBCgKCAQEAwjiFS+OpnuL+mrSrGW65CD1zVG7yO3Y0YFfluIjofdqhG/NP+Dz6',
    'n998dksXCgd6Eqm60midnwSeK+hNShMsxjPGutEiLg9kxKdW/FmjFd6ZHkYgelJr',
    'QVEPEwFlpPMUFqRCEVZLr8rpzONrmtsXcGIXLsQdwlUxD+w7+Hdzp3zlIfrMz+qe',
    'U059OgS8MSGhbPbZ1swiqHWUhTgD6ixU9UbaiWIYB48ZXWkPmySShCVoLBBvHsH8',
    'rPncu99wb6OEN15bkyj0Z4izfw85c2tSCTMS67aL73MarbaXGH67pSG+HBOzhUdc',
    '58iXcS5p+3bMW5Rza3QA5nMgfIn4sC41tQIDAQAB',
    '-----END RSA PUBLIC KEY-----',
  ].join('\n'),
  'a wrapped key': [
    'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDCOIVL46me4v6atKsZbrkI',
    'PXNUbvI7djRgV+W4iOh92qEb80/4PPqf33x2SxcKB3oSqbrSaJ2fBJ4r6E1K',
    'EyzGM8a60SIuD2TEp1b8WaMV3pkeRiB6UmtBUQ8TAWWk8xQWpEIRVkuvyunM',
    '42ua2xdwYhcuxB3CVTEP7Dv4d3OnfOUh+szP6p5TTn06BLwxIaFs9tnWzCKo',
    'dZSFOAPqLFT1RtqJYhgHjxldaQ+bJJKEJWgsEG8ewfys+dy733Bvo4Q3XluT',
    'KPRniLN/Dzlza1IJMxLrtovvcxqttpcYfrulIb4cE7OFR1znyJdxLmn7dsxb',
    'lHNrdADmcyB8ifiwLjW1 li@laptop',
  ].join('\n'),
};
