/* SPDX-License-Identifier: (MIT OR GPL-2.0-only) */
/*
 * names.h - file names: from the CREATE request, and from there to every request on its handle.
 *
 *   CREATE request: path in UTF-16LE (its own buffer, iov[1])  -> named.name of that request
 *   CREATE response: FileId                                    -> smb_files[session, FileId]
 *   related requests of the same compound (FileId all ones)    -> the CREATE, by smb_compounds[thread]
 *   READ, WRITE, CLOSE, ...: FileId in the request             -> smb_files
 *
 * A handle opened before the probe was loaded has no name (AOD_SMB_C_NAME_MISS).
 */
#ifndef AOD_NAMES_H
#define AOD_NAMES_H

/* UTF-16 units looked at: more could not fit AOD_NAME_LEN bytes. */
#define NAME_UNITS (AOD_NAME_LEN - 1)
#define NAME_MASK (AOD_NAME_LEN - 1)

/*
 * Convert to NUL-terminated UTF-8 in place. The write position lives in memory (`end`), not in a
 * register: to the verifier each round then looks the same whatever the characters were, and the
 * loop costs it 127 rounds, not 4^127. In a path a backslash becomes a slash, as the mount shows it.
 * Unpaired surrogates become U+FFFD, as in any UTF-8 decoder.
 */
static __always_inline void utf16_to_utf8(struct smb_in_flight *v, const __u16 *units, __u32 used,
					  int is_path)
{
	char *name = v->named.name;
	volatile __u32 *end = &v->name_end;
	__u32 i;

	*end = 0;
#pragma clang loop unroll(disable)
	for (i = 0; i < NAME_UNITS; i++) {
		__u32 c, at, size;

		if (i >= used)
			return;
		c = units[i];
		if (!c)
			return;
		if (c == '\\' && is_path)
			c = '/';
		if (c >= 0xdc00 && c <= 0xdfff) {
			/* The second of a pair was used up with the first. */
			if (i && (units[i - 1] & 0xfc00) == 0xd800)
				continue;
			c = 0xfffd;
		} else if (c >= 0xd800 && c <= 0xdbff) {
			__u32 low = i + 1 < used ? units[i + 1] : 0;

			c = (low & 0xfc00) == 0xdc00 ? 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00) :
						       0xfffd;
		}
		size = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
		at = *end;
		if (at + size > AOD_NAME_LEN - 1) {
			v->named.request.flags |= AOD_SMB_F_NAME_CUT;
			return;
		}
		*end = at + size;
		/* The masks tell the verifier what the comparison above has made sure of. */
		if (size == 1) {
			name[at & NAME_MASK] = c;
			continue;
		}
		if (size == 2) {
			name[at & NAME_MASK] = 0xc0 | c >> 6;
		} else if (size == 3) {
			name[at & NAME_MASK] = 0xe0 | c >> 12;
			name[(at + 1) & NAME_MASK] = 0x80 | (c >> 6 & 0x3f);
		} else {
			name[at & NAME_MASK] = 0xf0 | c >> 18;
			name[(at + 1) & NAME_MASK] = 0x80 | (c >> 12 & 0x3f);
			name[(at + 2) & NAME_MASK] = 0x80 | (c >> 6 & 0x3f);
		}
		name[(at + size - 1) & NAME_MASK] = 0x80 | (c & 0x3f);
	}
}

/* The path of a CREATE (or the UNC of a TREE_CONNECT): UTF-16LE in a buffer of its own. */
static __always_inline void read_name(struct smb_in_flight *v, const void *path, __u32 bytes,
				      int is_path)
{
	__u16 units[NAME_UNITS + 1] = {}; /* one more: units[i + 1] stays inside */
	__u32 size = bytes;

	/* The root of the share: its name is known, and empty. */
	if (!bytes) {
		v->named.request.flags |= AOD_SMB_F_HAS_NAME;
		return;
	}
	if (size > NAME_UNITS * sizeof(units[0])) {
		size = NAME_UNITS * sizeof(units[0]);
		v->named.request.flags |= AOD_SMB_F_NAME_CUT;
	}
	if (bpf_probe_read_kernel(units, size, path))
		return;
	utf16_to_utf8(v, units, size / sizeof(units[0]), is_path);
	v->named.request.flags |= AOD_SMB_F_HAS_NAME;
	if (v->named.request.flags & AOD_SMB_F_NAME_CUT)
		count(AOD_SMB_C_NAME_CUT);
}

/* By words: of char arrays the compiler would copy every byte by itself. */
static __always_inline void copy_name(char *to, const char *from)
{
	__builtin_memcpy(__builtin_assume_aligned(to, 8), __builtin_assume_aligned(from, 8),
			 AOD_NAME_LEN);
}

static __always_inline void set_name(struct smb_in_flight *v, const char *name, __u32 flags)
{
	copy_name(v->named.name, name);
	v->named.request.flags |= flags & (AOD_SMB_F_HAS_NAME | AOD_SMB_F_NAME_CUT);
}

/* A CREATE with related requests behind it: they mean its handle, which has no number yet. */
static __always_inline void compound_begins(__u32 thread, const struct smb_in_flight_key *key)
{
	struct smb_in_flight_key *known = bpf_map_lookup_elem(&smb_compounds, &thread);

	/* Read by this thread alone. An update would make a new entry every time. */
	if (known)
		*known = *key;
	else
		bpf_map_update_elem(&smb_compounds, &thread, key, BPF_ANY);
}

static __always_inline int is_related(const struct smb2_file_id *id)
{
	return id->persistent == SMB2_RELATED_FILE_ID && id->volatile_id == SMB2_RELATED_FILE_ID;
}

/* The name of the file that a request's handle stands for, if it was seen being opened. */
static __always_inline void name_from_handle(struct smb_in_flight *v)
{
	struct smb_file_key key = { .session_id = v->named.request.session_id, .id = v->file };
	__u32 thread = v->named.request.tid;
	struct smb_in_flight_key *create_key;
	struct smb_in_flight *create;
	struct smb_file *file;

	if (!key.id.persistent && !key.id.volatile_id)
		return;
	if (is_related(&key.id)) {
		/* Also how an IOCTL says that it concerns no file: only in a compound it means the CREATE. */
		if (!(v->named.request.flags & AOD_SMB_F_COMPOUNDED))
			return;
		create_key = bpf_map_lookup_elem(&smb_compounds, &thread);
		create = create_key ? bpf_map_lookup_elem(&smb_in_flight, create_key) : 0;
		if (!create || create->named.request.tid != thread)
			return;
		set_name(v, create->named.name, create->named.request.flags);
		/* All of a compound is allocated before the first of it is sent: the CREATE knows in time. */
		if (v->named.request.command == SMB2_CLOSE)
			__sync_fetch_and_or(&create->state, SMB_SHORT_LIVED);
		return;
	}
	file = bpf_map_lookup_elem(&smb_files, &key);
	if (file)
		set_name(v, file->name, file->flags);
	else
		count(AOD_SMB_C_NAME_MISS);
}

/* A successful CREATE: from now on its handle has a name. */
static __always_inline void handle_opened(struct smb_in_flight *v, const void *response)
{
	struct smb_file_key key = { .session_id = v->named.request.session_id };
	struct smb_file file = {};

	/* Whose handle is closed by the same compound: nobody will ask for it. */
	if (!(v->named.request.flags & AOD_SMB_F_HAS_NAME) || v->state & SMB_SHORT_LIVED)
		return;
	if (bpf_probe_read_kernel(&key.id, sizeof(key.id), response + SMB2_CREATE_RSP_FILE_ID))
		return;
	file.flags = v->named.request.flags & (AOD_SMB_F_HAS_NAME | AOD_SMB_F_NAME_CUT);
	copy_name(file.name, v->named.name);
	bpf_map_update_elem(&smb_files, &key, &file, BPF_ANY);
}

/* A successful TREE_CONNECT: from now on its tree id has a UNC, which was its path. */
static __always_inline void tree_connected(struct smb_in_flight *v, __u32 tree_id)
{
	struct aod_smb_tree_key key = {
		.session_id = v->named.request.session_id,
		.tree_id = tree_id,
	};

	if (v->named.request.flags & AOD_SMB_F_HAS_NAME)
		bpf_map_update_elem(&smb_trees, &key, v->named.name, BPF_ANY);
}

/* CLOSE was answered: the handle is gone. (That of a compound was never kept.) */
static __always_inline void handle_closed(struct smb_in_flight *v)
{
	struct smb_file_key key = { .session_id = v->named.request.session_id, .id = v->file };

	if (is_related(&key.id))
		return;
	bpf_map_delete_elem(&smb_files, &key);
}

/* Connections whose server is in smb_servers, by the low bits of their id: looked up every time else. */
#define KNOWN_CONNECTIONS 16
__u64 known_connections[KNOWN_CONNECTIONS];

/*
 * The server of a connection, kept at first sight. Read only then: reading a host name at every
 * request would cost more than all the rest.
 */
static __always_inline void learn_host(__u64 connection_id, const void *host)
{
	__u64 *known = &known_connections[connection_id & (KNOWN_CONNECTIONS - 1)];
	struct aod_smb_server server = {};
	long size;

	if (!connection_id || *known == connection_id)
		return;
	if (bpf_map_lookup_elem(&smb_servers, &connection_id)) {
		*known = connection_id;
		return;
	}
	size = bpf_probe_read_kernel_str(server.host, sizeof(server.host), host);
	if (size == sizeof(server.host))
		count(AOD_SMB_C_NAME_CUT);
	if (size > 1)
		bpf_map_update_elem(&smb_servers, &connection_id, &server, BPF_ANY);
}

#endif /* AOD_NAMES_H */
