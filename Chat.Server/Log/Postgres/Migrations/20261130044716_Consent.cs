using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Chat.Server.Log.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class Consent : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumnsOnline("Rooms", "\"RequestTo\" text COLLATE \"C\" NULL");

            migrationBuilder.CreateTable(
                name: "Blocks",
                columns: table => new
                {
                    UserId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    OtherId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    OtherName = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    OtherKind = table.Column<int>(type: "integer", nullable: true),
                    At = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Blocks", x => new { x.UserId, x.OtherId });
                });

            migrationBuilder.CreateTable(
                name: "ConsentVersions",
                columns: table => new
                {
                    UserId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ConsentVersions", x => x.UserId);
                });

            migrationBuilder.CreateTable(
                name: "HiddenRooms",
                columns: table => new
                {
                    UserId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    RoomId = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_HiddenRooms", x => new { x.UserId, x.RoomId });
                });

            migrationBuilder.CreateTable(
                name: "Requests",
                columns: table => new
                {
                    RoomId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ById = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ToId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    Declined = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Requests", x => x.RoomId);
                });

            migrationBuilder.CreateTable(
                name: "RoomInvitations",
                columns: table => new
                {
                    UserId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    RoomId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    UserName = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    UserKind = table.Column<int>(type: "integer", nullable: true),
                    ById = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ByName = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ByKind = table.Column<int>(type: "integer", nullable: true),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    Declined = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RoomInvitations", x => new { x.UserId, x.RoomId });
                });

            migrationBuilder.CreateTable(
                name: "RoomSettings",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Consent = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RoomSettings", x => x.Id);
                });

            migrationBuilder.InsertData(
                table: "RoomSettings",
                columns: new[] { "Id", "Consent" },
                values: new object[] { 1, false });

            // A database that was used before there was such a thing has accounts, or rooms; the log's tables are made before those of the accounts.
            migrationBuilder.Sql("""
                UPDATE "RoomSettings" SET "Consent" = NOT EXISTS (SELECT 1 FROM "Rooms") AND to_regclass('"Accounts"') IS NULL
                """);

            migrationBuilder.CreateIndex(
                name: "IX_Requests_ById_At",
                table: "Requests",
                columns: new[] { "ById", "At" });

            migrationBuilder.CreateIndex(
                name: "IX_Requests_ToId_Declined",
                table: "Requests",
                columns: new[] { "ToId", "Declined" });

            migrationBuilder.CreateIndex(
                name: "IX_RoomInvitations_ById_At",
                table: "RoomInvitations",
                columns: new[] { "ById", "At" },
                filter: "\"Declined\" < 2");

            migrationBuilder.CreateIndex(
                name: "IX_RoomInvitations_UserId_At",
                table: "RoomInvitations",
                columns: new[] { "UserId", "At" },
                filter: "\"Declined\" = 0");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Blocks");

            migrationBuilder.DropTable(
                name: "ConsentVersions");

            migrationBuilder.DropTable(
                name: "HiddenRooms");

            migrationBuilder.DropTable(
                name: "Requests");

            migrationBuilder.DropTable(
                name: "RoomInvitations");

            migrationBuilder.DropTable(
                name: "RoomSettings");

            migrationBuilder.DropColumn(
                name: "RequestTo",
                table: "Rooms");
        }
    }
}
