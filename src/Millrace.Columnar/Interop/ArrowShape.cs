namespace Millrace.Columnar.Interop;

/// <summary>
/// A foreign type, read once; it then takes over any number of arrays of that type. Memory is shared with the producer
/// where its layout is ours, and copied where it is not (64-bit offsets, narrow times, indices of other widths). What is
/// handed over is checked before use: lengths, offsets, pointers, indices, UTF-8, digits of decimals.
/// </summary>
/// <remarks>
/// Columns keep the producer's memory alive and call its release after the last of them is disposed, on that thread.
/// Which address is readable cannot be checked: a producer is trusted to point at memory as long as its lengths say.
/// </remarks>
public sealed unsafe class ArrowShape
{
    private readonly ShapeNode _root;

    private ArrowShape(ShapeNode root)
    {
        _root = root;
        Schema = root.Layout == ForeignLayout.Struct ? new Schema(root.Type.Children, root.Field.Metadata) : null;
    }

    /// <summary>The type as a field.</summary>
    public Field Field => _root.Field;

    /// <summary>The fields of a struct, for <see cref="Batch"/>; null for other types.</summary>
    public Schema? Schema { get; }

    /// <summary>Reads a type and releases it, also when it is refused.</summary>
    public static ArrowShape Import(ArrowSchema* source)
    {
        if (source == null || source->Release == null)
        {
            throw ArrowErrors.Released("schema");
        }

        try
        {
            var reader = new ShapeReader();
            return new ArrowShape(reader.Read(source));
        }
        finally
        {
            source->Release(source);
        }
    }

    /// <summary>Takes over an array, also when it is refused. The caller owns the column.</summary>
    public Column Column(ArrowArray* source)
    {
        using var array = new ForeignArray(source);
        return new ArrayImport(array).Column(array.Root, _root);
    }

    /// <summary>Takes over a struct array as a batch, also when it is refused. The caller owns the batch.</summary>
    public RecordBatch Batch(ArrowArray* source)
    {
        using var array = new ForeignArray(source);
        if (Schema is null)
        {
            throw ArrowErrors.Invalid($"A batch is a struct, not {Field.Type}");
        }

        using var rows = (StructColumn)new ArrayImport(array).Column(array.Root, _root);
        if (rows.HasNulls)
        {
            throw ArrowErrors.Invalid("The struct of a batch has nulls of its own");
        }

        for (int i = 0; i < Schema.Count; i++)
        {
            if (!Schema[i].Nullable && rows.Fields[i].HasNulls)
            {
                throw ArrowErrors.Invalid($"The column '{Schema[i].Name}' is declared not null and has nulls");
            }
        }

        return new RecordBatch(Schema, rows.Length, [.. rows.Fields.Select(f => f.Share())]);
    }
}
