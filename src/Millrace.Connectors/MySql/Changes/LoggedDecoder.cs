using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>How one value is read from the log. A structure, so that its call is inlined into the loop over a column.</summary>
internal interface ILoggedValue<TBuilder>
    where TBuilder : ColumnBuilder
{
    /// <summary>Appends a value that is there; false for one that the column cannot hold, which is reported, and nothing is appended.</summary>
    bool TryAppend(ReadOnlySpan<byte> value, TBuilder builder, int row, BadValues bad);
}

/// <summary>How one value of a fixed width is read from the log.</summary>
internal interface IFixedValue<T>
    where T : unmanaged
{
    bool TryRead(ReadOnlySpan<byte> value, out T result);

    /// <summary>Reports one that could not be read.</summary>
    void Miss(ReadOnlySpan<byte> value, int row, BadValues bad);
}

/// <summary>A column of values of any width.</summary>
internal sealed class LoggedDecoder<TBuilder, TValue>(TBuilder builder, TValue value) : ColumnDecoder
    where TBuilder : ColumnBuilder
    where TValue : struct, ILoggedValue<TBuilder>
{
    // Not read-only: a value may keep a buffer.
    private TValue _value = value;

    public override ColumnBuilder Builder => builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            if (run.IsNull(i) || !_value.TryAppend(run[i], builder, i, bad))
            {
                builder.AppendNull();
            }
        }
    }
}

/// <summary>A column of values of a fixed width.</summary>
internal sealed class LoggedFixedDecoder<T, TValue>(DataType type, TValue value, int capacity) : ColumnDecoder
    where T : unmanaged
    where TValue : struct, IFixedValue<T>
{
    private readonly FixedBuilder<T> _builder = new(type, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        TValue reader = value;
        int start = _builder.Length;
        Span<T> values = _builder.AppendUninitialized(run.Count);
        for (int i = 0; i < values.Length; i++)
        {
            if (!run.IsNull(i))
            {
                if (reader.TryRead(run[i], out values[i]))
                {
                    continue;
                }

                reader.Miss(run[i], i, bad);
            }

            values[i] = default;
            _builder.SetNull(start + i);
        }
    }
}
