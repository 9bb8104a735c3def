namespace Millrace.Cli.Tests.Observing;

public class OtlpSettingsTests
{
    [Fact]
    public void Without_an_endpoint_nothing_is_sent() => Assert.Null(Of(null));

    [Theory]
    [InlineData("http://host:4318", "http://host:4318/v1/traces", false)]
    [InlineData("http://host:4318/base/", "http://host:4318/base/v1/traces", false)]
    [InlineData("http://host:4317", "http://host:4317/", true)]
    public void The_option_is_a_base_for_all_signals(string url, string traces, bool grpc)
    {
        OtlpSettings settings = Of(url)!;

        Assert.Equal((traces, grpc), (settings.Traces!.Url.ToString(), settings.Traces.Grpc));
        Assert.NotNull(settings.Metrics);
        Assert.NotNull(settings.Logs);
    }

    [Fact]
    public void The_option_goes_before_the_variables()
        => Assert.Equal(
            "http://option:4318/v1/metrics",
            Of("http://option:4318", ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:4318"), ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://one:1/x"))!.Metrics!.Url.ToString());

    [Fact]
    public void The_url_of_one_signal_is_taken_as_it_is()
    {
        OtlpSettings settings = Of(null, ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://one:1/x"))!;

        Assert.Equal("http://one:1/x", settings.Metrics!.Url.ToString());
        Assert.Equal((null, null), (settings.Traces, settings.Logs));
    }

    [Fact]
    public void A_signal_can_be_left_out_and_the_protocol_be_chosen()
    {
        OtlpSettings settings = Of(
            null, ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:4318"), ("OTEL_LOGS_EXPORTER", "none"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"), ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/protobuf"))!;

        Assert.Null(settings.Logs);
        Assert.Equal((true, false), (settings.Traces!.Grpc, settings.Metrics!.Grpc));
    }

    [Fact]
    public void The_switch_of_the_sdk_turns_everything_off()
        => Assert.Null(Of("http://host:4318", ("OTEL_SDK_DISABLED", "true")));

    [Fact]
    public void What_is_no_url_is_an_error()
        => Assert.Equal("MR1901", Assert.Throws<MillraceException>(() => Of(null, ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318"))).Code.Id);

    private static OtlpSettings? Of(string? url, params (string Name, string Value)[] variables)
        => OtlpSettings.Of(url, "info", name => Array.Find(variables, v => v.Name == name).Value);
}
