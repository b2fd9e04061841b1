// Reads which versions of the C library's functions a shared library for Linux asks for, and says how large an addon may be.
'use strict';

const fs = require('node:fs');

/** How large an addon that is published may be, in bytes. */
const MOST_BYTES = 1.3e6;

/** Of section headers: the types of those that are read here, as the ELF and the GNU extensions number them. */
const Section = { DYNSYM: 11, VERNEED: 0x6ffffffe, VERSYM: 0x6fffffff };

/**
 * The versioned functions that a library takes from others.
 *
 * Layouts: the ELF specification, and "Symbol Versioning" of the Linux Standard Base.
 * @param {string} file of 32 or 64 bits, little-endian
 * @returns {{ name: string, version: string }[]} `version` as `GLIBC_2.17`
 * @throws {TypeError} when the file is something else
 */
function versionedImports(file) {
  const elf = fs.readFileSync(file);
  const isElf = elf.toString('latin1', 0, 4) === '\x7fELF';
  if (!isElf || elf[5] !== 1) throw new TypeError(`${file} is no little-endian ELF`);
  const sections = sectionsOf(elf);
  const section = (/** @type {number} */ type) => sections.find((section) => section.type === type);
  const [symbols, versions, needs] = [Section.DYNSYM, Section.VERSYM, Section.VERNEED].map(section);
  if (symbols === undefined || versions === undefined || needs === undefined) return [];
  const versionNames = neededVersions(elf, needs.offset, sections[needs.link].offset);
  const names = sections[symbols.link].offset;
  const found = [];
  for (let index = 1; index * 2 < versions.size; index++) {
    // The highest bit hides a definition.
    const version = versionNames.get(elf.readUInt16LE(versions.offset + 2 * index) & 0x7fff);
    if (version === undefined) continue;
    // A symbol begins with the offset of its name.
    const name = textAt(elf, names + elf.readUInt32LE(symbols.offset + symbols.entrySize * index));
    found.push({ name, version });
  }
  return found;
}

/**
 * @param {Buffer} elf
 * @returns {{ type: number, offset: number, size: number, link: number, entrySize: number }[]}
 */
function sectionsOf(elf) {
  const wide = elf[4] === 2;
  const word = (/** @type {number} */ at) => (wide ? Number(elf.readBigUInt64LE(at)) : elf.readUInt32LE(at));
  const [start, entrySize, count] = wide
    ? [word(0x28), elf.readUInt16LE(0x3a), elf.readUInt16LE(0x3c)]
    : [word(0x20), elf.readUInt16LE(0x2e), elf.readUInt16LE(0x30)];
  // Type, offset, size, link and size of an entry, where a header has them.
  const places = wide ? [0x04, 0x18, 0x20, 0x28, 0x38] : [0x04, 0x10, 0x14, 0x18, 0x24];
  return Array.from({ length: count }, (_, index) => {
    const [type, offset, size, link, each] = places.map((place) => start + entrySize * index + place);
    return {
      type: elf.readUInt32LE(type),
      offset: word(offset),
      size: word(size),
      link: elf.readUInt32LE(link),
      entrySize: word(each),
    };
  });
}

/**
 * @param {Buffer} elf
 * @param {number} offset of the section
 * @param {number} names the offset of its names
 * @returns {Map<number, string>} versions by the number that symbols have
 */
function neededVersions(elf, offset, names) {
  const found = new Map();
  // Each library has a list of versions; both lists are chained by distances, and 0 ends them.
  for (let library = offset, next = -1; next !== 0; library += next) {
    for (let version = library + elf.readUInt32LE(library + 8), after = -1; after !== 0; version += after) {
      found.set(elf.readUInt16LE(version + 6), textAt(elf, names + elf.readUInt32LE(version + 8)));
      after = elf.readUInt32LE(version + 12);
    }
    next = elf.readUInt32LE(library + 12);
  }
  return found;
}

/**
 * @param {Buffer} elf
 * @param {number} offset
 * @returns {string} up to the zero that ends it
 */
const textAt = (elf, offset) => elf.toString('latin1', offset, elf.indexOf(0, offset));

/**
 * @param {string} file
 * @returns {{ name: string, minor: number }[]} what it takes from glibc, and from which `2.<minor>` on that is there
 */
function glibcImports(file) {
  return versionedImports(file).flatMap(({ name, version }) => {
    const [, minor] = /^GLIBC_2\.(\d+)/.exec(version) ?? [];
    return minor === undefined ? [] : [{ name, minor: Number(minor) }];
  });
}

/**
 * @param {string} file
 * @returns {string} the oldest glibc that has all that a library asks for, such as `2.17`
 */
const newestGlibc = (file) => `2.${Math.max(0, ...glibcImports(file).map(({ minor }) => minor))}`;

module.exports = { MOST_BYTES, glibcImports, newestGlibc, versionedImports };
