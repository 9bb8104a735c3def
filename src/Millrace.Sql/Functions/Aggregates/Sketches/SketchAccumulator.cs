using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>A state that is an object of its own for each group, exported as bytes.</summary>
/// <param name="type">Type of the result.</param>
internal abstract class SketchAccumulator<TSketch>(DataType type) : Accumulator
    where TSketch : class, ISketch<TSketch>
{
    private TSketch?[] _sketches = [];
    private int _made;

    public sealed override DataType Type => type;

    public sealed override IReadOnlyList<DataType> StateTypes { get; } = [DataType.Binary];

    public sealed override long ByteSize => ((long)_sketches.Length * 8) + ((long)_made * TSketch.TypicalBytes);

    public sealed override void Resize(int groups)
    {
        if (groups > _sketches.Length)
        {
            Array.Resize(ref _sketches, Math.Max(groups, _sketches.Length * 2));
        }
    }

    public sealed override Column[] Export(int start, int count)
    {
        using var builder = new BinaryBuilder(DataType.Binary, count);
        using var bytes = new ByteBuffer();
        for (int group = start; group < start + count; group++)
        {
            bytes.Truncate();
            _sketches[group]?.Write(bytes);
            builder.Append(bytes.Written);
        }

        return [builder.Build()];
    }

    public sealed override void Import(ReadOnlySpan<Column> states, ReadOnlySpan<int> groups)
    {
        var column = (BinaryColumn)states[0];
        for (int i = 0; i < groups.Length; i++)
        {
            if (column[i].Length > 0)
            {
                Sketch(groups[i]).Merge(column[i]);
            }
        }
    }

    public sealed override void Clear(int start, int count) => _sketches.AsSpan(start, count).Clear();

    public sealed override void Dispose() => _sketches = [];

    /// <summary>The sketch of a group, made when first asked for.</summary>
    protected TSketch Sketch(int group)
    {
        if (_sketches[group] is { } sketch)
        {
            return sketch;
        }

        _made++;
        return _sketches[group] = TSketch.Create();
    }

    /// <summary>The sketch of a group; null if it is empty.</summary>
    protected TSketch? Existing(int group) => _sketches[group];
}

/// <summary>A summary of values that can be written down and put together.</summary>
internal interface ISketch<TSelf>
{
    /// <summary>Bytes that one takes, about.</summary>
    static abstract int TypicalBytes { get; }

    static abstract TSelf Create();

    void Write(ByteBuffer target);

    /// <summary>Adds another, as <see cref="Write"/> gave it.</summary>
    void Merge(ReadOnlySpan<byte> other);
}
