using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>What rows of changes are made of.</summary>
/// <param name="Rows">Their columns.</param>
/// <param name="Columns">The columns of the table that are wanted.</param>
/// <param name="Mappings">How each of them is read from the stream.</param>
internal sealed record ChangeLayout(ChangeSchema Rows, IReadOnlyList<ColumnInfo> Columns, IReadOnlyList<TypeMapping> Mappings)
{
    /// <param name="shape">The columns that the stream has.</param>
    /// <param name="types">Finds the types.</param>
    /// <param name="table">The table as it is now.</param>
    /// <param name="wanted">The columns wanted; null for all.</param>
    public static ChangeLayout Of(RelationShape shape, StreamTypes types, ChangeTable table, IReadOnlyList<RequestedColumn>? wanted)
    {
        var place = new ErrorPlace { Stream = table.Name.ToString() };
        ChangeSchema.RequireFree(shape.Columns.Select(c => c.Name), ChangeErrors.NotForChanges, place);
        List<ColumnInfo> own = [.. shape.Columns.Select(c => new ColumnInfo(c.Name, c.Type, c.Modifier, NotNull: false, types.NameOf(c.Type), null, IsGenerated: false, HasDefault: false))];

        // One that was added later than the rows that come now has no values in them.
        own.AddRange(table.Info.Columns.Where(c => wanted?.Any(w => w.Name == c.Name) == true && !table.Computed.Contains(c.Name) && shape.Columns.All(o => o.Name != c.Name)));

        // Of a column that nobody wants it does not matter whether its type can be read.
        own.RemoveAll(c => wanted?.All(w => w.Name != c.Name) == true);
        var rows = ChangeSchema.Of([.. own.Select(c => new Field(c.Name, types.Require(c, place).Type))], shape.Columns.Select(c => c.Name), wanted, ChangeErrors.NotForChanges, place);
        ColumnInfo[] columns = [.. rows.Chosen.Select(c => own[c])];
        return new ChangeLayout(rows, columns, [.. columns.Select(c => types.Require(c, place))]);
    }
}
