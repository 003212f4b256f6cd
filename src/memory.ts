/**
 * How memory is managed, for the whole process; imported first. Records of a batch live just long enough that V8 would soon
 * make all further ones old at birth. Then each that died would keep the texts it pointed to until a full collection, and a
 * third of the time of reading a file went into collecting.
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--no-allocation-site-pretenuring');
