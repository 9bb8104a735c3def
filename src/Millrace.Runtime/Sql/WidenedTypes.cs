using Millrace.Columnar;
using Millrace.Formats;

namespace Millrace.Runtime.Sql;

/// <summary>
/// Types of inferred columns that an earlier attempt of a statement found too narrow, by the place rows come from. A
/// statement whose input turns out to need a wider type begins again; nobody has seen a row of it then.
/// </summary>
public sealed class WidenedTypes
{
    private readonly Dictionary<string, Dictionary<string, DataType>> _byLocation = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>What is known of the columns of one location, as of now.</summary>
    public IReadOnlyDictionary<string, DataType> Of(string location)
    {
        lock (_lock)
        {
            return _byLocation.TryGetValue(location, out Dictionary<string, DataType>? types) ? new Dictionary<string, DataType>(types) : new Dictionary<string, DataType>();
        }
    }

    /// <summary>Remembers a type; false if that was known already, so that trying again would end the same.</summary>
    public bool Add(string location, SchemaWideningException e)
    {
        lock (_lock)
        {
            if (!_byLocation.TryGetValue(location, out Dictionary<string, DataType>? types))
            {
                _byLocation[location] = types = new Dictionary<string, DataType>(StringComparer.Ordinal);
            }

            if (e.To.Equals(types.GetValueOrDefault(e.Column)))
            {
                return false;
            }

            types[e.Column] = e.To;
            return true;
        }
    }
}

/// <summary>A part of a statement's input needs a wider type than the sample suggested; the type is remembered.</summary>
internal sealed class InputWidenedException(SchemaWideningException cause) : Exception(cause.Message, cause)
{
    public SchemaWideningException Widening => (SchemaWideningException)InnerException!;
}
