using Millrace.Runtime.Sql;
using Millrace.Runtime.Streaming;
using Millrace.Sdk;
using Millrace.Sql.Parsing;
using Millrace.Sql.Streaming;
using Millrace.TestKit;

namespace Millrace.Runtime.Tests.Streaming;

/// <summary>Pipelines whose query reads what another pipeline would copy: a <see cref="ReplayInput"/> as the table <c>s</c>.</summary>
internal static class StreamHarness
{
    /// <summary>The pipeline with a query between its source and its target.</summary>
    public static Pipeline Query(Pipeline pipeline, string text, Func<StreamingQuery, StreamingQuery>? shape = null, Func<TableInput, TableInput>? table = null)
    {
        var session = new SqlSession(new ConnectorRegistry(), pipeline.BaseDirectory) { Time = pipeline.Time };
        var input = new TableInput
        {
            Name = "s",
            Endpoint = pipeline.Source,
            Context = new ConnectorContext { Job = "s", Time = pipeline.Time },
            Follows = pipeline.Follows,
            Errors = FailOnRowError.Instance,
            Widened = new WidenedTypes(),
        };
        session.Objects.Set(new SqlObject("s", ObjectKind.Stream) { Input = table?.Invoke(input) ?? input });
        var query = new StreamingQuery
        {
            Session = session,
            Objects = session.Objects,
            Query = ((QueryStatement)SqlParser.ParseStatement(new SourceText(text))).Query,
            Settings = new StreamSettings { Emit = text.Contains("EMIT FINAL", StringComparison.Ordinal) ? EmitMode.Final : null },
        };
        query = shape?.Invoke(query) ?? query;
        return pipeline with { Query = query, Source = StreamConnector.Endpoint(query), ReadMode = ReadMode.Incremental };
    }
}
