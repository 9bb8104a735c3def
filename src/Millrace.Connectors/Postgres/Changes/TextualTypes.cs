using Millrace.Columnar;

namespace Millrace.Connectors.Postgres;

/// <summary>Types that a query gets as text of the server, and the stream of changes in a binary form that is turned into that text here.</summary>
internal static class TextualTypes
{
    /// <param name="type">The type.</param>
    /// <param name="column">Type of the column that a query gives.</param>
    public static TypeMapping? Find(PgType type, DataType column) => null;
}
