/** Made by scripts/wasm.ts from the C sources beside it. */

/** What it was compiled from, each with its SHA-256. */
export const SOURCE_HASHES = {
  'src/runtime/power-spectra.c': '0a323a1a3ba2ae3b68d5b5d82dec94073f55ee160756739bd5da37899fd1ab04',
};

/** SHA-256 of the module. */
export const WASM_HASH = '781b07606310c7de4211d60bd03f67ca7de5bf60a8c7b43ce273117797a3e12a';

/** The module: zlib, base64. */
export const WASM =
  'eNqNVrtu3EYUneF7l+Qud7WrfUhr35kvyCeIRQBXaQKkSBMZgZqJFCvKwkmgAFLifEoqf4DrtOnSGEiZT7DVpGKQc++Qq6XkwgK0HN7Hmcsz51' +
  '5SPf/+Qiul9CY8zW7aP3WadIvYX4OxDs++fZlcnF28uPopUDpMYqV1EESxvtRaJ6m+0fVtlqeVLi5f/HB29fnl2dfbq+dKDX+fxf9pnd9QWAcX' +
  'JgtOKKj1s1JRVr99/fZ1/J0ZUIKbeOvMEFftbF7rbR1sTUG6XZW1MqPwBPeKRrW+ouCZHR+ZMDgB3uBToCkKKaKMYkqqX25vb1UdmbDQec/xqz' +
  'gCE+aUmIqGZoL0kLLPSgXwyk4RFyJyUr3iSJogaGomXPrWIg5l5zlVgpZSjmLGR9VvEppS4UyK3UpnuMbA2RGq5IT8VTIc3uhrcHQdyH+AdXoN' +
  '2OjCJFxCHTEjSR1ubYqHxG6ZY17qSPZlZpJ6eW5zXhcUGY3/EjUrGmKjOnL8nM6OsWoGSjVf4ExRPFh2diLunmcKz8DZA5+YOjvruecwFs4een' +
  'fu7KLnXuLxg2aoQBCpnbn5qrnTdkUBFwLOnF1LzIjGD2KOmnfaHtNE3Ac0e+De0JqzR+I+pMUD9xPOfoqfJo8UxXXloKjMSfTUh0xp3Vkqb6k4' +
  'iWjSmefePMdJtZaltyw50Nyjf+JoCpD3gKANPeHFlH82pDkN1dxpWtER21Y0BwwWcwZZ4iA9Nh74Tt9DkqMlkJC3QR487zvPX8oRkWGIJUW7VD' +
  'qmp2w7pqhD3PQQ/0DesWABWVw7yHdwQcRcUEWl5E59yXOplMoOctmD/Ad5c+QhtMJD7UPeamdilIJdTYSHJAc5BjgHEwANiaaE3CBUVvSNs4k0' +
  'wd8YFtIEIQsfo8ALn1vkw8I3Q9E3ZIr2aGWqezrk5oa+i8f6LncKLR4pFG3JTVOIO8Qx9t3jDyur9N6Sis6Se0ve00oJM2jN29MrmT9uANhG96' +
  'c3fqiHEfARmSNyn2lmmJkGw1FHaUv0HrN/RlEhYyW/BoUYKTGYxYKZDTBXcTp8nucmwRRNMbRiGL8xmQxikB3U4TmHgW+epsgKKeUEB4Z5mWA0' +
  'F7LiIV1SILMYj0GJs3IEFYpq8B7BrMR0dDxIebq0xhlqb5eQVLc8xFhWvLIL6Iyv0nsrdBvfrOlArn5YdGxFfChzOmTjBuNnxgueCN5LeHvwXj' +
  'TDdAHnE/TDghcz/lm0DcByxmBpG+CI1rwQyLVEZL2GVRhHkrHodava7fUELSfoIimPfkwrPxHYlmES7uOtOjwxP8Lj2lHLBFJivFmvWrZlKHYf' +
  'bw4aEDMBLfd4rWoO+MIvJMhlBLnQWAwQKJoA/pTwpkop9m+qf6Mwu44gJpy2P5uYYi4mkdsKkSnfQjtS24D35RDU5jsus0NfhDSGLUAAQjgNJu' +
  'xDkpKRRCFA0DPK2tusMepNc4B7o980xIYvUQa/w3k4lM7iXc4mza3LppHD54M0XUKJ36stJ95t4TFx9Zixx4wIubLW0jAyikoY65+dGaMtltxo' +
  'Cm0tY06/xAu1xJhBB4w4ZARjvCXl6lNMQHxv8EcEeHOYKZ66qL4UrVshLUG81z4eOJLrgO1DbPWjHwy551PIaicYcj2fhRfFhEMGIAEm/g6RlC' +
  'FS9vhkuv1t2j47rv7Z047P0sHYEikcFv6EOJM/cD6Ow5DGHYcdNzyJ7+eUFnKgOuG05a3VZsWirER4/wNEXZdD';
