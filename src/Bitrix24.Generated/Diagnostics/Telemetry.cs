using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Bitrix24.Diagnostics;

/// <summary>The activities and metrics of this package. None carries a secret, a URL or a body, and no listener that fails takes the place of what came of a call.</summary>
internal static class Telemetry
{
    /// <summary>Name of the activity source, of the meter and of the log category.</summary>
    internal const string Name = "Bitrix24.Generated";

    private const string System = "bitrix24";

    private static readonly ActivitySource Activities = new(Name);
    private static readonly Meter Meter = new(Name);

    // The default of collectors has no bound below 5: it is made for milliseconds.
    private static readonly double[] Durations = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60];

    private static readonly Histogram<double> CallDuration =
        Seconds("bitrix24.client.call.duration", "How long calls took, with all their attempts and waits.", Durations);

    private static readonly Histogram<double> PortalDuration =
        Seconds("bitrix24.client.portal.duration", "How long portals took for calls, as they say.", Durations);

    private static readonly Histogram<double> Operating = Seconds(
        "bitrix24.client.operating.used",
        "Execution time that a method had used up in ten minutes after a call.",
        [0.1, 0.5, 1, 5, 10, 30, 60, 120, 180, 240, 300, 360, 420, 480]);

    private static readonly Histogram<double> WaitDuration =
        Seconds("bitrix24.client.wait.duration", "How long calls waited for a limit.", [.. Durations, 120, 300, 600]);

    private static readonly Counter<long> Retries = Meter.CreateCounter<long>("bitrix24.client.retries", "{retry}", "Attempts after the first.");
    private static readonly Counter<long> TokenRefreshes =
        Meter.CreateCounter<long>("bitrix24.client.token.renewals", "{renewal}", "Refreshes of access tokens.");

    internal static Activity? StartCall(string method, Uri portal)
    {
        try
        {
            var activity = Activities.StartActivity(method, ActivityKind.Client);
            if (activity is { IsAllDataRequested: true })
            {
                activity.SetTag("rpc.system", System);
                activity.SetTag("rpc.method", method);
                activity.SetTag("server.address", portal.Host);
                activity.SetTag("server.port", portal.Port);
            }

            return activity;
        }
        catch (Exception)
        {
            return null;
        }
    }

    internal static void EndCall(Activity? activity) => Guarded(activity, static activity => activity?.Dispose());

    internal static void Succeeded(Activity? activity, string method, TimeSpan duration, int attempts, ResponseTime? time) => Guarded((activity, method, duration, attempts, time), static call =>
    {
        call.activity?.SetTag("bitrix24.attempts", call.attempts);
        CallDuration.Record(call.duration.TotalSeconds, Method(call.method));
        if (call.time?.Duration is { } elapsed)
        {
            PortalDuration.Record(elapsed.TotalSeconds, Method(call.method));
        }

        if (call.time?.Operating is { } used)
        {
            Operating.Record(used.TotalSeconds, Method(call.method));
        }
    });

    internal static void Failed(Activity? activity, TimeSpan duration, Bitrix24Exception exception) => Guarded((activity, duration, exception), static call =>
    {
        var (activity, duration, exception) = call;
        var error = ErrorType(exception);
        if (activity is not null)
        {
            activity.SetTag("bitrix24.attempts", exception.Attempts);
            activity.SetTag("error.type", error);
            if (exception.StatusCode is { } status)
            {
                activity.SetTag("http.response.status_code", (int)status);
            }

            activity.SetStatus(ActivityStatusCode.Error, exception.Message);
        }

        CallDuration.Record(duration.TotalSeconds, Method(exception.Method), Error(error));
    });

    internal static void Cancelled(Activity? activity, string method, TimeSpan duration, int attempts) => Guarded((activity, method, duration, attempts), static call =>
    {
        call.activity?.SetTag("bitrix24.attempts", call.attempts);
        call.activity?.SetTag("error.type", "cancelled");
        call.activity?.SetStatus(ActivityStatusCode.Error, "cancelled");
        CallDuration.Record(call.duration.TotalSeconds, Method(call.method), Error("cancelled"));
    });

    internal static void Waited(string method, TimeSpan duration) => Guarded((method, duration), static wait => WaitDuration.Record(wait.duration.TotalSeconds, Method(wait.method)));

    internal static void Retried(Bitrix24Exception exception) => Guarded(exception, static exception => Retries.Add(1, Method(exception.Method), Error(ErrorType(exception))));

    /// <summary>Counts a refresh of an access token. The names of the metric and of its outcomes are a contract with dashboards.</summary>
    internal static void Refreshed(bool succeeded) => Guarded(
        succeeded,
        static succeeded => TokenRefreshes.Add(1, new KeyValuePair<string, object?>("outcome", succeeded ? "renewed" : "failed")));

    private static Histogram<double> Seconds(string name, string description, IReadOnlyList<double> bounds) =>
        Meter.CreateHistogram(name, "s", description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });

    private static void Guarded<T>(T what, Action<T> tell)
    {
        try
        {
            tell(what);
        }
        catch (Exception)
        {
            // There is nowhere left to say it.
        }
    }

    /// <summary>Of low cardinality: the code where it is known, else the status, else that nothing readable came.</summary>
    private static string ErrorType(Bitrix24Exception exception) => exception switch
    {
        { ErrorCode: not Bitrix24ErrorCode.Unknown } => exception.ErrorCode.ToString(),
        { StatusCode: { } status } => ((int)status).ToString(CultureInfo.InvariantCulture),
        _ => "transport",
    };

    private static KeyValuePair<string, object?> Method(string method) => new("rpc.method", method);

    private static KeyValuePair<string, object?> Error(string error) => new("error.type", error);
}
