/** Made by scripts/wasm.ts from the C sources beside it. */

/** What it was compiled from, each with its SHA-256. */
export const SOURCE_HASHES = {
  'src/runtime/power-spectra.c': '0a323a1a3ba2ae3b68d5b5d82dec94073f55ee160756739bd5da37899fd1ab04',
};

/** SHA-256 of the module. */
export const WASM_HASH = '335703fc0f11010241d02bfaeaee6c13cd7cc21e7858e20b104ef95a644384d9';

/** The module: zlib, base64. */
export const WASM =
  'eNqNVjtuHEcQ7Z7/zmd3Zj/cH5esHkm5j8AJDCgyDBhw4MQUDCZt0qJpQrZBAUt/Eh/CF9ABFNuHUGroCBYjJwv4VfXMcpdMRIAz1fXr6teval' +
  'a9+OFCK6X0yj9N1u2fOo06IXRvb6D9s+9eRRdnFy+vfvaU9qNQae15QagvtdZRrNe6uU2yuNT55csfz66+uDz75vrqhVLpn+PwP62zNfmNd2ES' +
  '74S8Rj8vFCWNtnWv8a9NSppfGVTv3rx7E35vcoqwCK+tKRpl+v4JPBT1G31F3vN6sDS+d4JM+afIo8ingBIKKSp/ub29VU1g/Fxne4ZfxeAZP6' +
  'PIlFSYCuE+JZ8VCsnLegg/H55V+Rt7UgWnoam46Osafig4y6iUbDH1UMxgWf4urjGl1sTYLbOGa/Rs3UeVHJD9EeXpWt8AnRtv++9jHd8gdXBh' +
  'Ii6jCRiPqAl4K807xtYkUPjXdY8gp5Bn53XGck6B0fgvUDdAxGZNYPmsth5A2vSU2nyJG8UBUJutKzHvWYawpLYeucCercd75gmUua0PnDmz9X' +
  'TPPCOPN5vzY9EkdpMqZZa41VY8pHknrmjBXkfd+hjoeSxRRWqbcfP15k7XRAux9GnwwGI2/+q6prmYRzR+YH5CR2I5oOkDy1MOfIbHJgsUtj6k' +
  'oTMMaUmlE0v2WdKKJm49oWOaOXHGpkMXXiJ8iJgPiKAn9JSFIT9WpHn3+hgRRGRYRzRBDggTzjDDlbrz4yR32uX7hMKGLM1I4laIg+VDV+iSDj' +
  'l8RoGELdmnpmesO6Sgy7baZvsc2f5SFgcU1xmJaZsOVOZCQHuJG7pSJ1IhFV262TbdJdK9R7oJ4uBa4jA76ZpbbU2IMrCjCXA4siCk15TWeMiG' +
  'QFOAcAl3Q9SsbR1JK/zjRWHbCnodMP0xDhz9uVkc22NHf8T2pB9MKiwHRdEkzEYQWu+xkdscTZA/ZnkBnoLl/Y58g3uK8m06HuaPeFhRXyzoxA' +
  'cWBnGLaOF0BQ0oc2J2z5QCOoCbtfdXMIoVwIRucH9/5UM2DJAVnpgzO3gHjG/QAdrCLNeNS9jB9+8gyGW8ZDcAEaMlBLYQGFsPo1Tu6L06N5Hc' +
  '7rmJMVkTDLIQxm+BN49lxhthKWIw9NjNAmEWI8ziXCSZyuTJVFY4D65EbqhEaRt8SzA1S14P+THqlGMArVSJ4TLsVAeYzqxU9RTY8Fs6bo7j82' +
  'JBI3kvd9oQcICVB6xZAdExC0cd7uAiSkF2GlPFWFfohCkLY35MW/ozmTEsWvovMXYgSMqFeCTSb91+CiNMIqbSW92tqO1eR2g2yZ7fZ8cIZN1c' +
  'dEm92Ms37/KJ+lE+rh21VKAQ5xvvVcu6BMXu5psABuGXqPdZM+IXf5RAkz5oQgNRgJgUsT0hfK3wTXNfq7vAT24CkAj37C4mpJCLidzloT1jXi' +
  'JKauvxvuyC2lxDJXXqipBuqHMAABcOgyqGr4QkJF5wkOwJJe0y2Rj1djPC2ui3G2LFVyiDv+M8Fgr+sopKc3uyCl0fuWaLKHJ7teWE2y1cTrxd' +
  'ztDl7BNiRdbSKDKEguY171FYmRYzbjXlkNSNfsU/HDBiwH6NLiBlm1OAiZ8bGq2AgjCBWtQCeQtYwK4lPA4adGKPTSn2+MnNgsxBKTi1swnhDs' +
  'rc8aFilx7ODxX/DJGQFCE7UDLSbhm3x8bbHTvuoCwslC2GfYYvd5fDkfz75uPg82nQwcdTZucT0FKvRUoJRuDda8a0z68+lczHUjj3P3qNkxI=';
