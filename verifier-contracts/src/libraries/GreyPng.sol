// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title Square grey pictures as PNG (ISO/IEC 15948), without compression
/// @notice One byte a pixel, 0 is black, rows from the top. 28 × 28 pixels make 880 bytes. For views: it costs about
///         300 gas a pixel.
library GreyPng {
    bytes8 private constant SIGNATURE = 0x89504e470d0a1a0a;
    /// @dev Bit depth 8, colour type 0 (grey), deflate, standard filters, no interlacing.
    bytes5 private constant FORMAT = 0x0800000000;
    bytes12 private constant END = 0x0000000049454e44ae426082;
    /// @dev zlib's header: window of 32 KiB, no preset dictionary, fastest; then the one block, final and stored.
    bytes3 private constant STORED = 0x780101;
    uint256 private constant ADLER = 65_521;

    /// @dev CRC-32 of the nibbles 0 to 7 and 8 to 15, reflected polynomial 0xedb88320; 32 bits each, lowest first.
    uint256 private constant CRC_LOW = 0x5005713c4db261586b6b51f476dc419026d930ac3b6e20c81db7106400000000;
    uint256 private constant CRC_HIGH = 0xbdbdf21ca00ae27886d3d2d49b64c2b0cb61b38cd6d6a3e8f00f9344edb88320;

    /// @notice The file of a picture of `side` × `side` pixels.
    /// @dev Precondition: side is 1 to 255, and there are side² pixels; one stored block holds 65,535 bytes.
    function encode(bytes memory pixels, uint256 side) internal pure returns (bytes memory) {
        bytes memory header = abi.encodePacked(uint32(side), uint32(side), FORMAT);
        bytes memory rows = _rows(pixels, side);
        uint16 size = uint16(rows.length);
        // Of a stored block's length, the low byte stands first; its complement follows.
        bytes memory data = abi.encodePacked(STORED, _swap(size), _swap(~size), rows, _adler(rows));
        return abi.encodePacked(SIGNATURE, _chunk("IHDR", header), _chunk("IDAT", data), END);
    }

    /// @dev Each row after its filter, 0: none.
    function _rows(bytes memory pixels, uint256 side) private pure returns (bytes memory rows) {
        rows = new bytes(side * (side + 1));
        assembly ("memory-safe") {
            let from := add(pixels, 0x20)
            let to := add(rows, 0x21)
            for { let end := add(from, mul(side, side)) } lt(from, end) {} {
                mcopy(to, from, side)
                from := add(from, side)
                to := add(to, add(side, 1))
            }
        }
    }

    function _chunk(bytes4 kind, bytes memory data) private pure returns (bytes memory) {
        bytes memory body = abi.encodePacked(kind, data);
        return abi.encodePacked(uint32(data.length), body, _crc(body));
    }

    function _crc(bytes memory data) private pure returns (uint32) {
        uint256 crc = 0xffffffff;
        unchecked {
            for (uint256 i; i < data.length; ++i) {
                crc ^= uint8(data[i]);
                crc = (crc >> 4) ^ _ofNibble(crc & 15);
                crc = (crc >> 4) ^ _ofNibble(crc & 15);
            }
        }
        return uint32(~crc);
    }

    function _ofNibble(uint256 nibble) private pure returns (uint256) {
        unchecked {
            return ((nibble < 8 ? CRC_LOW : CRC_HIGH) >> (32 * (nibble & 7))) & 0xffffffff;
        }
    }

    /// @dev At most 65,280 bytes: neither sum leaves 256 bits before it is reduced.
    function _adler(bytes memory data) private pure returns (uint32) {
        uint256 a = 1;
        uint256 b;
        unchecked {
            for (uint256 i; i < data.length; ++i) {
                a += uint8(data[i]);
                b += a;
            }
        }
        return uint32((b % ADLER) << 16 | (a % ADLER));
    }

    function _swap(uint16 value) private pure returns (uint16) {
        return value << 8 | value >> 8;
    }
}
