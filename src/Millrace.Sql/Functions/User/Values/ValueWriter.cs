using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Appends .NET values to a column that is being built. One lane uses it; the builder is borrowed.</summary>
internal abstract class ValueWriter
{
    private ColumnBuilder? _builder;

    public virtual void Attach(ColumnBuilder builder) => _builder = builder;

    public void AppendNull() => _builder!.AppendNull();
}

/// <summary>The same, for a type. Loops know the sealed class, so that <see cref="Append"/> is compiled into them.</summary>
internal abstract class ValueWriter<T> : ValueWriter
{
    /// <summary>Appends a row; null makes a null.</summary>
    public abstract void Append(T value);
}

internal sealed class FixedWriter<T> : ValueWriter<T>
    where T : unmanaged
{
    private FixedBuilder<T>? _builder;

    public override void Attach(ColumnBuilder builder)
    {
        base.Attach(builder);
        _builder = (FixedBuilder<T>)builder;
    }

    public override void Append(T value) => _builder!.Append(value);
}

internal sealed class ConvertedWriter<TStored, T, TConversion> : ValueWriter<T>
    where TStored : unmanaged
    where TConversion : struct, IConversion<TStored, T>
{
    private FixedBuilder<TStored>? _builder;

    public override void Attach(ColumnBuilder builder)
    {
        base.Attach(builder);
        _builder = (FixedBuilder<TStored>)builder;
    }

    public override void Append(T value) => _builder!.Append(TConversion.Write(value, _builder.Type));
}

internal sealed class BooleanWriter : ValueWriter<bool>
{
    private BooleanBuilder? _builder;

    public override void Attach(ColumnBuilder builder)
    {
        base.Attach(builder);
        _builder = (BooleanBuilder)builder;
    }

    public override void Append(bool value) => _builder!.Append(value);
}

internal sealed class Utf8Writer : ValueWriter<string?>
{
    private BinaryBuilder? _builder;

    public override void Attach(ColumnBuilder builder)
    {
        base.Attach(builder);
        _builder = (BinaryBuilder)builder;
    }

    public override void Append(string? value)
    {
        if (value is null)
        {
            AppendNull();
        }
        else if (_builder!.Type.Id == TypeId.Json && JsonFault(value) is { } fault)
        {
            throw new UserValueException($"the result is not valid JSON: {fault}");
        }
        else
        {
            _builder!.Append(value);
        }
    }

    private static string? JsonFault(string value)
    {
        try
        {
            using var document = System.Text.Json.JsonDocument.Parse(value);
            return null;
        }
        catch (System.Text.Json.JsonException e)
        {
            return e.Message;
        }
    }
}

internal sealed class BytesWriter : ValueWriter<byte[]?>
{
    private BinaryBuilder? _builder;

    public override void Attach(ColumnBuilder builder)
    {
        base.Attach(builder);
        _builder = (BinaryBuilder)builder;
    }

    public override void Append(byte[]? value)
    {
        if (value is null)
        {
            AppendNull();
        }
        else
        {
            _builder!.Append(value);
        }
    }
}

internal sealed class GuidWriter : ValueWriter<Guid>
{
    private FixedBinaryBuilder? _builder;

    public override void Attach(ColumnBuilder builder)
    {
        base.Attach(builder);
        _builder = (FixedBinaryBuilder)builder;
    }

    public override void Append(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        _builder!.Append(bytes);
    }
}

/// <summary>Values of a type that can be null in .NET only with a wrapper.</summary>
internal sealed class NullableWriter<T, TWriter> : ValueWriter<T?>
    where T : struct
    where TWriter : ValueWriter<T>, new()
{
    private readonly TWriter _values = new();

    public override void Attach(ColumnBuilder builder)
    {
        base.Attach(builder);
        _values.Attach(builder);
    }

    public override void Append(T? value)
    {
        if (value is { } some)
        {
            _values.Append(some);
        }
        else
        {
            AppendNull();
        }
    }
}

internal sealed class ArrayWriter<T, TWriter> : ValueWriter<T[]?>
    where TWriter : ValueWriter<T>, new()
{
    private readonly TWriter _elements = new();
    private ListBuilder? _builder;

    public override void Attach(ColumnBuilder builder)
    {
        base.Attach(builder);
        _builder = (ListBuilder)builder;
        _elements.Attach(_builder.Items);
    }

    public override void Append(T[]? value)
    {
        if (value is null)
        {
            AppendNull();
            return;
        }

        foreach (T element in value)
        {
            _elements.Append(element);
        }

        _builder!.AppendRow();
    }
}
