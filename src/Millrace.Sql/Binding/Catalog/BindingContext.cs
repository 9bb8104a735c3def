using Millrace.Columnar;
using Millrace.Sql.Catalog;
using Millrace.Sql.Parsing;
using FunctionTable = Millrace.Sql.Functions.FunctionTable;

namespace Millrace.Sql.Binding;

/// <summary>What the binding of one statement knows: its tables, which have been opened, the views, the functions.</summary>
internal sealed class BindingContext(ISqlCatalog catalog, FunctionTable functions)
{
    // Common tables and views are bound wherever they are used, so a short text can mean a very large plan.
    private const int MaxRelations = 20_000;

    private readonly Dictionary<TableSyntax, ISqlTable> _tables = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, ISqlTable?> _byName = [];
    private readonly Dictionary<string, QuerySyntax?> _views = [];
    private int _relations;

    public FunctionTable Functions { get; } = functions;

    /// <summary>Whether common tables whose rows differ each time are computed once, which takes <see cref="Planning.PhysicalPlanner.PlanQuery"/> to plan the query.</summary>
    public bool SharesCommonRows { get; init; }

    public IReadOnlyCollection<string> Names => catalog.Names;

    public TimeZoneInfo TimeZone => catalog.TimeZone;

    /// <summary>The views that are being bound, outermost first.</summary>
    public Stack<string> OpenViews { get; } = [];

    /// <summary>Asks the catalog for all tables of a query and of the views it uses.</summary>
    public async Task LoadAsync(QuerySyntax query, CancellationToken cancellation)
    {
        var pending = new Queue<QuerySyntax>([query]);
        while (pending.TryDequeue(out QuerySyntax? next))
        {
            var found = new List<TableSyntax>();
            new SyntaxTables(found.Add).Visit(next);
            foreach (TableSyntax table in found)
            {
                switch (table)
                {
                    case NamedTable { Version: { } version } named:
                        // A view has none, which binding says.
                        if (catalog.FindView(named.Name) is null && await catalog.FindAsync(named.Name, cancellation).ConfigureAwait(false) is { } present)
                        {
                            _tables[named] = await AsOfAsync(present, version, cancellation).ConfigureAwait(false);
                        }

                        break;
                    case NamedTable named when !_byName.ContainsKey(Key(named.Name)) && !_views.ContainsKey(Key(named.Name)):
                        if (catalog.FindView(named.Name) is { } view)
                        {
                            _views.Add(Key(named.Name), view);
                            pending.Enqueue(view);
                        }
                        else
                        {
                            _byName.Add(Key(named.Name), await catalog.FindAsync(named.Name, cancellation).ConfigureAwait(false));
                        }

                        break;
                    case FileTable file:
                        _tables[file] = await AsOfAsync(await OpenAsync(file, cancellation).ConfigureAwait(false), file.Version, cancellation).ConfigureAwait(false);
                        break;
                    case Parsing.FunctionTable function when FileReader.Is(function):
                        (string location, Dictionary<string, string> options) = FileReader.Read(function);
                        _tables[function] = await AsOfAsync(await catalog.OpenAsync(location, [], options, cancellation).ConfigureAwait(false), function.Version, cancellation).ConfigureAwait(false);
                        break;
                }
            }
        }
    }

    public ISqlTable? Table(NamedTable table) => table.Version is not null ? _tables.GetValueOrDefault(table) : _byName.GetValueOrDefault(Key(table.Name));

    public QuerySyntax? View(NamedTable table) => _views.GetValueOrDefault(Key(table.Name));

    public bool IsView(NamedTable table) => catalog.FindView(table.Name) is not null;

    /// <summary>The table that a file or a reader opened.</summary>
    public ISqlTable Opened(TableSyntax table) => _tables[table];

    /// <summary>Counts a use of a table, view or common table.</summary>
    public void CountRelation(TextSpan span)
    {
        if (++_relations > MaxRelations)
        {
            throw BindingErrors.TooComplex($"The statement reads more than {MaxRelations} tables when views and common tables are spelled out.", span);
        }
    }

    public static DataType ParseType(TypeSyntax type)
        => TypeName.TryParse(type.Text, out DataType? parsed, out string? error) ? parsed : throw BindingErrors.UnknownType(type, error);

    private async ValueTask<ISqlTable> AsOfAsync(ISqlTable table, VersionSyntax? version, CancellationToken cancellation)
        => version is null ? table : await catalog.AsOfAsync(table, VersionConstant.Of(version, TimeZone), cancellation).ConfigureAwait(false);

    // Quoted names mean exactly themselves, so they are other names.
    private static string Key(QualifiedName name) => string.Join('.', name.Parts.Select(p => p.Quoted ? $"\"{p.Text}\"" : p.Text.ToLowerInvariant()));

    private async Task<ISqlTable> OpenAsync(FileTable file, CancellationToken cancellation)
    {
        Field[] columns = [.. file.Columns.Select(c => new Field(c.Name.Text, ParseType(c.Type), !c.NotNull))];
        var options = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (OptionSyntax option in file.Options)
        {
            if (!options.TryAdd(option.Name, option.Value))
            {
                throw BindingErrors.Duplicate("options", option.Name, option.Span);
            }
        }

        return await catalog.OpenAsync(file.Location, columns, options, cancellation).ConfigureAwait(false);
    }
}
