using Millrace.Columnar;

namespace Millrace.Formats.Json;

/// <summary>Writers of what the options of a file leave open or a reader would not take, and owns what those hold.</summary>
internal sealed class WriterFactory : JsonWriterFactory, IDisposable
{
    private readonly JsonOptions _options;
    private readonly List<IDisposable> _owned = [];

    public WriterFactory(JsonOptions options)
    {
        _options = options;
        WriteNulls = options.WriteNulls;
    }

    public override JsonValueWriter Create(Field field) => field.Type.Id switch
    {
        TypeId.Json => Own(new CheckedJsonWriter(_options)),
        TypeId.Binary when _options.Bytes == JsonBytes.Base64 => new Base64Writer(),
        TypeId.FixedBinary when _options.Bytes == JsonBytes.Base64 => new FixedBase64Writer(),
        TypeId.Map when !CanBeName(field.Type.Children[0].Type) => throw JsonErrors.KeyNotWritable(field, field.Type.Children[0].Type),
        _ => base.Create(field),
    };

    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
        {
            owned.Dispose();
        }

        _owned.Clear();
    }

    private static bool CanBeName(DataType key) => !key.IsNested && !key.IsFloat && key.Id != TypeId.Json;

    private CheckedJsonWriter Own(CheckedJsonWriter writer)
    {
        _owned.Add(writer);
        return writer;
    }
}
