using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Millrace.Columnar.Interop;

/// <summary>Writes a type tree. Each node owns one block of native memory: its texts and the structs of its children.</summary>
internal static unsafe class SchemaExport
{
    public static void Write(Field field, ArrowSchema* target)
    {
        DataType type = field.Type;
        string? extension = ArrowFormat.Extension(type);
        List<KeyValuePair<string, string>> metadata = [.. field.Metadata.Where(m => extension is null || !m.Key.StartsWith("ARROW:extension:", StringComparison.Ordinal))];
        if (extension is not null)
        {
            metadata.Add(new(ArrowMetadata.ExtensionName, extension));
            metadata.Add(new(ArrowMetadata.ExtensionMetadata, ""));
        }

        ArrowSchemaFlags flags = field.Nullable ? ArrowSchemaFlags.Nullable : ArrowSchemaFlags.None;
        Write(ArrowFormat.Of(type), field.Name, metadata, flags, Children(type), type.Id == TypeId.Dictionary ? new Field("", type.DictionaryValue) : null, target);
    }

    /// <summary>A whole schema is the struct of its fields.</summary>
    public static void Write(Schema schema, ArrowSchema* target)
        => Write("+s", "", [.. schema.Metadata], ArrowSchemaFlags.None, schema.Fields, null, target);

    private static IReadOnlyList<Field> Children(DataType type) => type.Id switch
    {
        TypeId.List or TypeId.Struct => type.Children,
        TypeId.Map => [new Field("entries", DataType.Struct(type.Children), nullable: false)],
        _ => [],
    };

    private static void Write(string format, string name, List<KeyValuePair<string, string>> metadata, ArrowSchemaFlags flags, IReadOnlyList<Field> children, Field? dictionary, ArrowSchema* target)
    {
        byte[] formatBytes = ZeroTerminated(format);
        byte[] nameBytes = ZeroTerminated(name);
        byte[] metadataBytes = metadata.Count == 0 ? [] : ArrowMetadata.Write(metadata);
        int structs = children.Count + (dictionary is null ? 0 : 1);
        long size = ((long)structs * sizeof(ArrowSchema)) + ((long)children.Count * sizeof(ArrowSchema*)) + formatBytes.Length + nameBytes.Length + metadataBytes.Length;

        *target = default;
        var block = (byte*)NativeMemory.AllocZeroed((nuint)Math.Max(size, 1));
        target->PrivateData = block;
        target->Release = &Release;
        target->Flags = flags;

        var nodes = (ArrowSchema*)block;
        block += structs * sizeof(ArrowSchema);
        var pointers = (ArrowSchema**)block;
        block += children.Count * sizeof(ArrowSchema*);
        target->Format = Put(formatBytes, ref block);
        target->Name = Put(nameBytes, ref block);
        target->Metadata = metadataBytes.Length == 0 ? null : Put(metadataBytes, ref block);
        target->ChildCount = children.Count;
        target->Children = children.Count == 0 ? null : pointers;
        for (int i = 0; i < children.Count; i++)
        {
            pointers[i] = nodes + i;
            Write(children[i], nodes + i);
        }

        if (dictionary is not null)
        {
            target->Dictionary = nodes + children.Count;
            Write(dictionary, target->Dictionary);
        }
    }

    private static byte* Put(byte[] bytes, ref byte* at)
    {
        byte* start = at;
        bytes.CopyTo(new Span<byte>(at, bytes.Length));
        at += bytes.Length;
        return start;
    }

    private static byte[] ZeroTerminated(string text) => Encoding.UTF8.GetBytes(text + '\0');

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Release(ArrowSchema* schema)
    {
        for (long i = 0; i < schema->ChildCount; i++)
        {
            ReleaseNode(schema->Children[i]);
        }

        ReleaseNode(schema->Dictionary);
        NativeMemory.Free(schema->PrivateData);
        schema->Release = null;
    }

    // A consumer may have moved a child out, which leaves it without a release.
    private static void ReleaseNode(ArrowSchema* node)
    {
        if (node != null && node->Release != null)
        {
            node->Release(node);
        }
    }
}
