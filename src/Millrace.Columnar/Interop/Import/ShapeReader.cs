using System.Collections.Immutable;
using System.Text;

namespace Millrace.Columnar.Interop;

/// <summary>Reads a foreign type tree into our types. Trees that are too deep or too large, as one with a cycle is, are refused.</summary>
internal unsafe struct ShapeReader()
{
    private const int MaxDepth = 64;
    private const int MaxTextLength = 1 << 20;

    private int _nodesLeft = 100_000;

    public ShapeNode Read(ArrowSchema* schema, int depth = 0)
    {
        if (schema == null || schema->Format == null)
        {
            throw ArrowErrors.Invalid("A type or its format is a null pointer");
        }

        if (depth > MaxDepth || --_nodesLeft < 0)
        {
            throw ArrowErrors.Invalid($"The type is nested deeper than {MaxDepth} levels or has too many parts");
        }

        if (schema->ChildCount < 0 || schema->ChildCount > _nodesLeft || (schema->ChildCount > 0 && schema->Children == null))
        {
            throw ArrowErrors.Invalid($"A type claims {schema->ChildCount} children");
        }

        string format = Text(schema->Format);
        string name = schema->Name == null ? "" : Text(schema->Name);
        ImmutableDictionary<string, string> metadata = ArrowMetadata.Read(schema->Metadata);
        bool nullable = (schema->Flags & ArrowSchemaFlags.Nullable) != 0;
        var children = new ShapeNode[schema->ChildCount];
        for (int i = 0; i < children.Length; i++)
        {
            children[i] = Read(schema->Children[i], depth + 1);
        }

        if (schema->Dictionary != null)
        {
            ShapeNode values = Read(schema->Dictionary, depth + 1);
            RequireIndexFormat(format);
            return new ShapeNode(new Field(name, DataType.Dictionary(values.Type), nullable, metadata), ForeignLayout.Dictionary) { Dictionary = values, Source = format };
        }

        ShapeNode node = ForeignTypes.Parse(format, children, metadata.GetValueOrDefault(ArrowMetadata.ExtensionName));
        if (ArrowFormat.Extension(node.Type) is not null)
        {
            // The type says it; as a property it would be said twice.
            metadata = metadata.Remove(ArrowMetadata.ExtensionName).Remove(ArrowMetadata.ExtensionMetadata);
        }

        return node with { Field = new Field(name, node.Type, nullable, metadata) };
    }

    private static void RequireIndexFormat(string format)
    {
        if (format is not ("c" or "C" or "s" or "S" or "i" or "I" or "l" or "L"))
        {
            throw ArrowErrors.Invalid($"Indices of a dictionary have format '{format}', expected whole numbers");
        }
    }

    private static string Text(byte* text)
    {
        int length = 0;
        while (text[length] != 0)
        {
            if (++length == MaxTextLength)
            {
                throw ArrowErrors.Invalid($"A name or format is longer than {MaxTextLength} bytes");
            }
        }

        return Encoding.UTF8.GetString(text, length);
    }
}
