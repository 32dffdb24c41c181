namespace Bitrix24.Benchmarks;

/// <summary>Represents a client to compare.</summary>
internal interface ICandidate
{
    string Name { get; }

    /// <summary>Adds a call list and returns its id.</summary>
    Task<long> AddAsync(IReadOnlyList<long> ids);
}
