/** Made by scripts/glyphs.ts from DejaVu Sans Mono (https://dejavu-fonts.github.io, Bitstream Vera licence). */

/** The characters that there are. */
export const CHARACTERS =
  ' !"#$%&\'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~°±²·×Δαβµ–’…';

/** Device pixels of each; a line of text lies on the baseline, so many pixels below the top. */
export const CELL = { width: 14, height: 28, baseline: 21 };

/** 4 bits a pixel: how much of it is ink, all characters one below the other; zlib, base64. */
export const GLYPHS =
  'eNrlXAtsm9d1vj9JkZQoWQrW5eG6ttBlSZekllBn2Yp0lrZoGFKnoVAgwLAgk4oBC9oklVJ0UxJvJftAoc5I6G5BgmCtqT3aAsliqUvW2qbt39' +
  'nQFEO3UO66Jm5mM4+tdeJYVCw/KPNx933nXMqiIcey/FtRtgvEX0T+j/s49zy+cy7N//kWsb0XBmEFY/X+Rhhd7BsCHULZ+HjoIsC7xdzYsTLX' +
  'IbTD3NNtTPSU8dHD5hlTwYdtr0RKgK6x+AmTsNLiueKP/CM5Y/ImmcaIyibTb0xTibeNbJ4dqY0M6oUTfUPP3nqqr9sMDSfexkOy3e37AIfktt' +
  'BpuS2w9psKm+bDZlv+sjGt1T1PYwypsU3mRoNFkO/8foHMPwussQc/BfAetvbr/PuuRzh2s8krDMrDMuiwwmMdm8LFbuOX9/qnjLn2afszTNlZ' +
  'r63DNUsaSFiFtFAlrv/pfa+xm50hrkLGGEKqN4J3mw/MZveZj77qbTtw2b2nMZXhbS91GnN5/lE8ofno/XhCd6zXrH/ePSHc8ISmuSdg2NveCE' +
  '4k+9AH42VtFZCojo4DevabECA5IRf0TAq0sQOQthqvN39o2ZHw1MdKJrwjcTxU7I+UevaZgdciJdzWXI6eAHj5La+umzFmo023VDohjh1e8Y2R' +
  'QnHCXGnt4Q9gYJFbgtwQC+qXBaFvBW7nJ+XfGJfbmLWvCogcG1OQOW8SGTdxvaL1pED7cYVjulbTAuu4e+e+a1No1vuiZQHPqghluWHm1rpZLw' +
  '3pNUsbgcnoI90Q4io3YcoXWl51iBvYEKUIb9duu963Q2Q4CP3LfZdUKcxsFfDlFW4M0Vn5LKG3JfWKvTJlS2gbFKAujekAeMb8rDMX2mPMzb/I' +
  'feEfqS3ss/zyess/fq30b5m/NOZIdy6MSzpxA7eO3j73sJXUnOifc3dE+vpsX19vu1iE6UQuZ3M5Csc7bSc32vdWC40470JE0UFMfY0W3QBuA7' +
  'nNcfVSReoiF6xPlgyrIe7S6EIO03vandR1iOsCNELQS14ThdGsCmOd6kxVKV5RVjeuC+9U5pAufEE6GFUNllC96/SRKqKIe65q2C5VfFkZQcjq' +
  'c/WV4d9ect8/KP8+Yg/zRfZJi14PzJieE8aMp038NJRhr2myHRFKie11EKuGp7qLw/Ey5tNPx6vho52F4cZLQrgvgk7qU8zQ62Yjntlce6LIec' +
  'lYHVOAiux9m4tU6UloF8BtXx1q1PPBgaiwdB2CklauoHevtb+gzijvtmMm8lNM20kaCjg+avNUVOrCpBYws39eMLNRpMgrSr/WiHB4eRFE/cP4' +
  'z+nVbHUIbAV+h/9+E2OA2NqXd1uI+eeMuV37SSk40/kW6U54XHxSO0vnOWMrYsS9DATlzGidpFMO6axYE4WLfnsZW3nXP9jXTCRv7Syv6AvU52' +
  'ti5+EZK2QKhEjJJ7TuF8j0E+DSEBLHBFJpgne0g9CMYQA0Wpp2IGug239BCK75+ro6qKSeBV+SOcUl/0n4UZ67/5Pw2nUBErpUmHKVGVFG7i9I' +
  'ZBNWK3XCxGs79+C+poK1P+dy9YkUXHQLy2NutvbHeGexvBuaswsyA3WVGZMLisoBVM0vSeB9sy13m2hlalfhOLr0ulldgYQMQnqgkCBdCCTYcT' +
  '8t4lTop4alihrab5ohZ2tqj+epmzNWwi1zY2A2OS7r3qsgM+g2QptO8sArAlCTZ2Q9ph55mzMJ6nVn1Z5Y2SMx3RttqkWTanGyIkJeUf3kIP26' +
  'iG/LmJee6mgB3nAeQo0xiIKfA0TItGQDPzGfwMCa8rKZowqZn5i7SjLdsAjRGhdvMM4x5tMwLRxTCJo0jhAwVRnJQ11EC7bKUYQkirzoJqIUKd' +
  'iXON+Vv6AFKmylPaJMw4TGIOgYA1VTyHbrXxAbfIcu80r0DvcdzWMARfsM7Tb4G7cfnPnGSlyGJYCNTu7cW8OgN1r7LyJKgbNM5xO4BRyeRUzk' +
  'MvpLl2wMK8X3vlziz4/SIYFNn+0HJ2Of7zCxQvVL7ILauTb7orz9VnuapJO5olB7VFTaNitOoHevOh1GmKV3r8VG2IZd5IY4Du0smXbfOVgR7n' +
  '+rzKlpr/2V7NIs519W4w2Zzg8VqsPyRZ7dDf05p/zycYsFuLVYvZ+LI9e1y10mfEm66PXx4dCRsFwmWflreDPm451mvSp15yg1q7WgQ45+iPNs' +
  'NqovB80kQcJ8/sXdFflqw3Zq+M7BpWi/vHknRDuUr+bR642nOr3xtHcIg2t7JU5bFp9ZOwmT/q0TSQQLu6ZKQ72tM+bDpUx311YQVOPkgyOlTI' +
  'dC77p9iHySg82zHalSz1YP01QCFxN74pNfCbsRZL+rA6p9voPO3+3WymT96ijY3iUrnTahIE3XQTGqqa+J95q/g6/07GVU+pjqPKxTyylxRVYh' +
  'WoINhx1fhTXKPtu3CasDZwjMZ9girLbdMuH5dKsQr/u6yCf1HEvR7q9S1zg4ptJWv0/fG+11scw3wDoBYNUI/E+MsPx1G7rFbn5Rb/hb+fo6hJ' +
  'y8Eh4iITOhsE9gfIxwBdwq3oBh4t9dAZo3GFW0KwsWPHQojw3Ra9pA8F4JN01jX19JOPWBxK8Tw62r57xUB6o0XYpHd0r9KW2VDnNFrwnnyw/S' +
  'ibyqaE9TEYdkOwZjvqo70EX6fKfhRJTNTcVJ2XZrTwnEawLIX4lo1CEtUFRwf+l37kp339oS4Zriq/KGciegtjNQp68eP2D66rBg/NAIGkzWYR' +
  'E3zLsPgVOg8bQ2kAFIP83BIgJ87XwdlkgTBNWU1kEM9AMoneKRp9kl7LpPYM6geLy6lIsrPafX6Zo7hzSXG0zILk2TQOjLp+VKP01ehrPPBcB/' +
  'SehmQMwe+DMLo3ibhoMmEkwgV+8ZeKLFgzgSc3DBtysEvx/wXAcXnq1eNJz1oqAHQcfXgej3YIAsFSLUxP2wNYMmUfvOdlgeRIGSzPDO9hcvVp' +
  'aGThKidpAAjgzQhNcCSIDFy2ESYPGy+EnxapGGN24r3C1xu9WHfcdGoJuFG2L4lE/J7xPoEd3KwE+t9n4BfBpoC2zazwvqkDsIsrVj3sJ0+RG4' +
  'AyqTZtX4dPvJGTMwNN3+dslk1023Tz9t3mwHDP36ScK6r71NaDk0RsDqEZBsI/CJi4GAw0z4BdQ2cPUIWGVA5ajqkCxIIkDPmEArGD5AFOUNAG' +
  '9K1UxmUKBrQiAxIxCdVRV0CAoXkFEN1qXQEqCN+4g4TdvsYTgua2zOgtvNgGfHMMDGgCIKQ8+T0BBGHmz9fOUo5J4/cbbelStpH8jWOE4n85ps' +
  'ljW1J4t4gzdOpybYZLdva7uwOanyZA3MdXDxqMALnHzxPwUm1WRNqLkaNP7LuaKqSkZz/qPiPy7e81jh6yB2ur4O+GTeOsCRxTpUZR1+DxMh3q' +
  '3ShVFhnZbKVZb/3lGWY/SovQzUId7cUhVAJ+aBfhjJgm+lo9sLyBVKJM3gvG+VS3r4nZDFBAxFBpadEOg6LuBY5iDajXSHQhAmDKKnttPnAnzd' +
  'eHebcEOM7JjsUBFuFefNHkHAbyLjlt6P8T5d1PA6rmQsyWKRGeELQDtHkKZvriEjduChAtIzqBWq0LxdHVj4oOralhxcSl/j0tXCNWYDA4WQcM' +
  'YdjOrI3Q+AM0bkDX5XuPswCs0Caj2kALpmVnFjpV4RJmZ8q+OvPbF/SPQMC32cAieOYB6lJiwzQZ6XiVwkblmQggIbKU8BeyBU/x3ioTtmoevf' +
  'hWdoVdYheL5VFjZiRXpjZUkex2clhdJSGpgABZU4kZyELW473j6Nt7dPtx1rPTjRNZk43v7EdHIifiI5cnwgHS+lNpzKpCOl7WY20xsuv2z2+J' +
  '2mgvHl4SRhtAgs/GmzjuZunxGmI8AmKmLgGFWhV0jTDDCQQaHXepC5SJJL8mT8UVGH66vClMWgwAQk8l9fE9Z3/NuMf5pqnXnMBmLxJAg3dLfl' +
  'tMg/Hq8UzWSGPAGi7CDbgMjSCcZjZnyCpavU7nDTGKitPSHcBEyFFBoWHpCILjklvW7RoayAPS20D/zIMzQvl0N8bNF9Selv42cwAUKgNXymJV' +
  'X6mUt2rdfP1DJrYvq4g8DcvZwUFCETK6DPXXaYHZnXiaU1VxDiyk5c7tAkNZPoCkkirjBOBGquIs4VoNSL9TSHWq9+W6tpRFdT4nKRrt6kXn3i' +
  'Xu1IZ7Mkm5fLySPrMahLxSwzjGi2tN6JJTYoThFoS+n1in/MFVkDrQgPENEwCoJinMzscES08DJnAt+rTfJNIyPgztkWvqbpT1SCkZIV7aHSGT' +
  '6i394ZZEX5CmjX+vaHkKxMdTdji7s7zA26R13y2YMuCX9DKMuh6o5R+N9S+WCaXF4b/kYzPHUI5wAuyb/40Czgemu/SB109dJrx860Lepz8WTD' +
  'OeF3CwcwBn/8CEs6/FmpSPInRc9Q6yOlwqo30pLMOACwiFBtEvENS10NXC7/pBRD+fnHfZbX/IGtyZuXq4ayaU/t2wy9arsxdfFar7l+zsLBkZ' +
  'inLl2E6VSzK1kRH4DuDFLBTOYdeADek1ktqRQ6rsGQxjvqR1EWBu8b1c8DbrB7TwOyz5lsWfJDbeDQYIoRgQq3BmDkoX9BkGgy8L90eemOIRMz' +
  'AEhWHqwyP1G03+IbQoFRxudpHy/8K2Qpbl+mLA39t7mqDO0LeSl0i93LDser0CB1IhnRNZPW3dwP8ywbtfTl3az9eYiGEOEWBdRcHcggIg+Js5' +
  'ESOx+yko12q8B4AVtmT43+iEuXLJyjXSosV/O+Wf0jiNsN9gUnSxmVpdYGWcK006eYJ0v6HdcBV/K+IcCHa7v5FG+7yCeNq2Yy6HLc1GGSLK1B' +
  'YSR0xIf8yt8Fp5du8U+Te8pUmH8HZ8ADJNA2FHjs4ggjm34JZ3HDhUFQbcFRNARIuZxUKzBTd97xng9GRgqPo45Gcy+BjeFm53ydM1EG75yXwD' +
  'G+FIW7WlathdeeBB7gDLnbcznkvxc3Audmv7Nr6T01SKBxS05I7W1ygkygST4jhXnJQ5K0S1qpxE3+Tyt1f3IizC9xXwoyCGiB1PFhyGPw0RpY' +
  'BWAbcrlnBPZewgBH448YkuziEx8Re7S6sIyaKf69wne/cBiitLdSLg4mShE7OLAV3bOdXRME0+4ALAdhevGwfIPYssF/c4XrpfO3zVPfx7/vtw' +
  'ft38xx4pB0cGgkYVHTLea6qMk2f1iOouW1VNf2suSbl8E+cDutR/UpZiKEQqCg8w/vuA43ia9BvxU79ozfSlJf/FYUR8DzcH4rHVYtnxG/FVmM' +
  'MfVbZ9RvLUidsX+n+K1+r9QZL6iKnc4Pah2qw/A13m8PlZhHeB2ctzADLTwDIIQ+1wH/6yphuQ4Afof/aNERP5jsGIpasQ7lB95iwFG0z3Gdwq' +
  'iEPf/JyABa7iPbqphT+1mxEPZgv8e/NPBzhkoLg+pVP4uHZWv32DKoxxabY9lh8seGQ3BnFlNyjgNU5WNc+bCvbHboM0ItzNGRjOXgn5I0zPxw' +
  'pIB77kLuhXe8L7j8wxxV4fTdfIjm/HJuh+aIuGkXuGRR4ErfkDMS+4CJWcZlwOYK0/e+UMXpgGeaAKnnZD90VR/kfmgq2q/IQcfliYHi/0SeIx' +
  '2TpMRwPSUyjnwjT1uBg4cZxkk00nbNp0wKfkg9DVH8oJB32Qck6uw5KPLVpjXHy1vv/ZSU3e2i+kRYIPsgznPe9CVYGUCzO9Nk+3sm4qeaD6ZT' +
  '6abZttHJbL9X6brjWB4JoEdMCZoq+6bZjrEg/5nCoLswaI2zl6VFd3Ig/SSzacSQkWBWoal2GcNRk3lKtq3L7mAospVVafmjFHlkMuiO4qaNx+' +
  'XsRrTW4ZIEy+gv0b0dk5OIoC0ZDOO3DcAKk1+CBKHSlfLE49/wPihLONYospT9sjBQPS+5YcrER5VT9ZQbDTccjtSjKi6wyPG9ganWXI6qhElT' +
  'VSXgYc+ciom5DAXKYpn5lZ6d+wKD37XgwwKuwfJGQB7R95cXj8MlmjsFeg7zJEQFmDyZQUmU3KOnSj5Lh4p+dZ3ScNZWmY0FH+Ze5JippH1eVm' +
  'fLBa6BO5O9+N9EWG447znmz4zISmecYV2tLEOdITurjLhxdtXCat7KfMzK1K22OKeJadX1aFixBR9Gx32urv8+zW7ds2NZz4B7m3OoeBhug3R/' +
  '5+HpVZ8LP2xrw6zg+40guODFN/wMC9pv2f9gn9664wVMQvxts461e6imB8RmTJJb9YXRt3jlVf+12Fh9ZbRz/iYCjtTYhiM1/GmERfyoyKU5Z6' +
  'NHLeHPCzfwqYjMNSRaZUVTKi2qF7dJVNI8/w8madH3EFI1784PGVyc+c6JKWg8aeY+XHmNx+U3mNAU3NepTpNFPA2r2lzbIMeCslNiYl25wEae' +
  'AMGiPsFAE5fhYg+XoXDJfBpfPLYsB/gWdZaGWR94GKl5Z2lQTMqzNJJBZf0VPBMmHhBIu2Oj9bM0shGOgWRHC/gszTuGR9vf6Lw+bYYqdn9qOG' +
  'z7ryvlO1lFUq2YdnQcR1j5wznZY0I/YmD8zRmcDefZQxyexandCHZvtNqRqKLT+RcLP8DWWw1K4D7WswShg6HhcfLerLe2htkdP/z7Bbic2KYo' +
  'NAmzIA89wCIkcAKWPusxwjUop4qUE2RFCVDK/O5O2ymWsZAWyIwpbI0g9yUnCUq919puKdTAMyuPsBYOl/zKuTJQLjv1bsdxjjhLS12lvx/n/A' +
  'EHR4uF7xl/o/15Br99htqGCHib+bqwDluW/Zda2PTH1Hik7Nxp8UsULtMwYPRK8ILKEndS3GbWZJ0pKHG/8/T/sMX+FOen7x5ul19EmW6EC37Y' +
  '/wL+x7Gp';
